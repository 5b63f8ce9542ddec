# What the content security policy of the pages forbids, and what would let text become markup.
FILENAME ~ /\.html$/ {
    line = tolower($0)
    if (line ~ /<script/ && line !~ /<script[^>]*[ \t]src=/)
        print FILENAME ":" FNR ": inline script"
    if (line ~ /<style/ || line ~ /[ \t]style[ \t]*=/)
        print FILENAME ":" FNR ": inline style"
    if (line ~ /[ \t]on[a-z]+[ \t]*=/)
        print FILENAME ":" FNR ": inline event handler"
    if (line ~ /javascript:/ || line ~ /(src|href)="(https?:)?\/\//)
        print FILENAME ":" FNR ": foreign or script address"
}
FILENAME ~ /\.m?js$/ {
    if ($0 ~ /\.(innerHTML|outerHTML)[ \t]*=|insertAdjacentHTML|document\.write|[^a-zA-Z_.]eval\(|new Function\(|srcdoc/)
        print FILENAME ":" FNR ": text becomes markup or code"
    if ($0 ~ /setAttribute\(.style.|cssText/)
        print FILENAME ":" FNR ": inline style"
}
