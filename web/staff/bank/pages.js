// pages.js: addresses of the bank's pages, the permission that each needs, and what shows it.

import {itemsView, reviewView} from "/assets/staff/bank/list.js";
import {itemView} from "/assets/staff/bank/item_page.js";
import {newItemView, editItemView} from "/assets/staff/bank/editor.js";
import {diffView} from "/assets/staff/bank/diff.js";
import {banksView, bankHealthView, bankMembersView, bankSettingsView} from "/assets/staff/bank/banks.js";
import {bankImportView, bankExportView} from "/assets/staff/bank/transfer.js";
import {blueprintsView, newBlueprintView, blueprintView} from "/assets/staff/bank/blueprints.js";
import {assemblyView} from "/assets/staff/bank/assembly.js";
import {formsView, formView} from "/assets/staff/bank/forms.js";

export {mayLeave} from "/assets/staff/bank/frame.js";

const asked = (view) => (query) => view(new URLSearchParams(query ?? ""));

export const BANK_PAGES = [
  [/^#\/items(?:\?(.*))?$/, "bank-read", asked(itemsView)],
  [/^#\/items\/new(?:\?(.*))?$/, "bank-write", asked(newItemView)],
  [/^#\/items\/([0-9a-f]{16})$/, "bank-read", itemView],
  [/^#\/items\/([0-9a-f]{16})\/versions\/(\d+)$/, "bank-read", itemView],
  [/^#\/items\/([0-9a-f]{16})\/edit$/, "bank-write", editItemView],
  [/^#\/items\/([0-9a-f]{16})\/diff\/(\d+)\/(\d+)$/, "bank-read", diffView],
  [/^#\/review(?:\?(.*))?$/, "bank-review", asked(reviewView)],
  [/^#\/bank-import$/, "bank-write", bankImportView],
  [/^#\/bank-export$/, "bank-read", bankExportView],
  [/^#\/banks$/, "bank-read", banksView],
  [/^#\/banks\/([A-Z0-9-]+)$/, "bank-read", bankHealthView],
  [/^#\/banks\/([A-Z0-9-]+)\/members$/, "bank-read", bankMembersView],
  [/^#\/banks\/([A-Z0-9-]+)\/settings$/, "bank-read", bankSettingsView],
  [/^#\/blueprints$/, "bank-read", blueprintsView],
  [/^#\/blueprints\/new$/, "bank-write", newBlueprintView],
  [/^#\/blueprints\/([0-9a-f]{16})$/, "bank-read", blueprintView],
  [/^#\/assemblies\/([0-9a-f]{16})$/, "form-seal", assemblyView],
  [/^#\/forms(?:\?(.*))?$/, "form-seal", asked(formsView)],
  [/^#\/forms\/([0-9a-f]{16})$/, "form-seal", formView],
];

/** Whether an address is one of the bank's. */
export const inBank = (address) => BANK_PAGES.some(([pattern]) => pattern.test(address));
