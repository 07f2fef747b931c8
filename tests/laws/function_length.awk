# Prints every function, and every macro, that is longer than max lines: FILE:LINE: N lines, at most MAX.
#
# A function is a block at the outermost level whose brace follows a closing parenthesis; it is counted from the
# line its declaration starts on to its last brace. Comments, strings and characters are passed over. Where
# #if and #else open the same block twice, the depth of the #if holds for both.

function start_file() {
    depth = 0
    levels = 0
    in_comment = 0
    in_macro = 0
    function_line = 0
    declaration_line = 0
    last = ""
    if (macro_line) macro_line = 0
}

function too_long(from, to, what) {
    if (to - from + 1 > max)
        printf "%s:%d: %s of %d lines, at most %d\n", FILENAME, from, what, to - from + 1, max
}

function directive(text) {
    if (text ~ /^[ \t]*#[ \t]*if/) saved[++levels] = depth
    else if (text ~ /^[ \t]*#[ \t]*(else|elif)/ && levels > 0) depth = saved[levels]
    else if (text ~ /^[ \t]*#[ \t]*endif/ && levels > 0) levels--
}

FNR == 1 { start_file() }

{
    text = $0
    if (in_macro || (!in_comment && text ~ /^[ \t]*#/)) {
        if (!in_macro) {
            macro_line = FNR
            is_define = text ~ /^[ \t]*#[ \t]*define/
            directive(text)
        }
        in_macro = text ~ /\\[ \t\r]*$/
        if (!in_macro && is_define) too_long(macro_line, FNR, "macro")
        # a comment that starts behind a directive and goes on below it
        if (!in_macro && text ~ /\/\*/ && text !~ /\*\/[^\/]*$/) in_comment = 1
        next
    }
    n = length(text)
    for (i = 1; i <= n; i++) {
        c = substr(text, i, 1)
        two = substr(text, i, 2)
        if (in_comment) {
            if (two == "*/") { in_comment = 0; i++ }
            continue
        }
        if (two == "//") break
        if (two == "/*") { in_comment = 1; i++; continue }
        if (c == " " || c == "\t" || c == "\r") continue
        if (depth == 0 && !declaration_line) declaration_line = FNR
        if (c == "\"" || c == "'") {
            for (i++; i <= n && substr(text, i, 1) != c; i++)
                if (substr(text, i, 1) == "\\") i++
            last = c
            continue
        }
        if (c == "{") {
            if (depth == 0 && last == ")") function_line = declaration_line
            depth++
        } else if (c == "}") {
            if (depth > 0) depth--
            if (depth == 0) {
                if (function_line) too_long(function_line, FNR, "function")
                if (function_line) declaration_line = 0
                function_line = 0
            }
        } else if (c == ";" && depth == 0) {
            declaration_line = 0
        }
        last = c
    }
}
