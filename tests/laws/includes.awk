# Prints FILE|LINE|KIND|NAME for every include: KIND is p for a header of the project, NAME then its path in the
# tree, and s for one of the system. list names a file that holds every path of the project.

function normal(path,   parts, n, i, out, depth, kept) {
    n = split(path, parts, "/")
    depth = 0
    for (i = 1; i <= n; i++) {
        if (parts[i] == "" || parts[i] == ".") continue
        if (parts[i] == ".." && depth > 0) depth--
        else kept[++depth] = parts[i]
    }
    out = kept[1]
    for (i = 2; i <= depth; i++) out = out "/" kept[i]
    return out
}

BEGIN { while ((getline path < list) > 0) exists[path] = 1 }

/^[ \t]*#[ \t]*(include|include_next|import)[ \t]*[<"]/ {
    text = $0
    sub(/^[^<"]*/, "", text)
    quoted = substr(text, 1, 1) == "\""
    text = substr(text, 2)
    sub(/[>"].*$/, "", text)
    folder = FILENAME
    sub(/[^\/]*$/, "", folder)
    beside = normal(folder text)
    if (quoted && (beside in exists)) print FILENAME "|" FNR "|p|" beside
    else if (text == "mismatch_build.h") print FILENAME "|" FNR "|p|" text
    else if (text ~ /^mismatch\//) print FILENAME "|" FNR "|p|include/" text
    else if ((text in exists) || text ~ /^(host|kernels|include|tests|bench)\//) print FILENAME "|" FNR "|p|" normal(text)
    else if (quoted && text ~ /^\.\.?\//) print FILENAME "|" FNR "|p|" beside
    else print FILENAME "|" FNR "|s|" text
}
