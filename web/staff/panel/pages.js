// pages.js: addresses of the panels' pages, the permission that each needs, and what shows it.

import {panelsView, newPanelView} from "/assets/staff/panel/list.js";
import {panelView} from "/assets/staff/panel/sheet.js";
import {callView} from "/assets/staff/panel/call.js";

export const PANEL_PAGES = [
  [/^#\/panels$/, "panel-read", panelsView],
  [/^#\/panels\/new$/, "panel-make", newPanelView],
  [/^#\/panels\/([0-9a-f]{16})$/, "panel-read", panelView],
  [/^#\/panels\/([0-9a-f]{16})\/call$/, "panel-read", callView],
];
