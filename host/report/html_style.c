/* The style of the page: two themes, narrow and wide, paper. */
#include "host/report/gnuplot.h"
#include "host/report/html.h"

static void write_colours(FILE *out, const char *indent, bool dark) {
    for (int i = 0; i < n_colours; i++) {
        fprintf(out, "%s--%s:%s;\n", indent, colours[i].name, dark ? colours[i].dark : colours[i].light);
    }
}

static const char layout[] =
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,"
    "\"DejaVu Sans\",sans-serif;-webkit-text-size-adjust:100%}\n"
    "main{max-width:62rem;margin:0 auto;padding:1rem 1.25rem 4rem}\n"
    "h1{font-size:1.6rem;line-height:1.2;margin:1rem 0 .5rem;overflow-wrap:anywhere}\n"
    "h2{font-size:1.25rem;line-height:1.3;margin:2.75rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--grid);"
    "overflow-wrap:anywhere}\n"
    "h3{font-size:1.05rem;margin:1.75rem 0 .5rem;overflow-wrap:anywhere}\n"
    "p{margin:.5rem 0;max-width:46rem}\n"
    ".answer p{font-size:1.1rem}\n"
    ".answer p:first-child{font-size:1.25rem;line-height:1.4;font-weight:600}\n"
    ".note,figcaption,caption,.files{color:var(--soft);font-size:.875rem}\n"
    "figure{margin:1rem 0 .5rem}\n"
    "figcaption{margin-top:.25rem;max-width:46rem}\n"
    "svg{display:block;width:100%;height:auto}\n"
    "svg text{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}\n"
    "svg.narrow{display:none}\n"
    ".missing{border:1px dashed var(--soft);padding:1rem;max-width:46rem}\n"
    ".table{overflow-x:auto;margin:.75rem 0}\n"
    "table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;line-height:1.35}\n"
    "caption{text-align:left;padding-bottom:.25rem}\n"
    "th,td{padding:.2rem .9rem .2rem 0;text-align:left;vertical-align:top;white-space:nowrap}\n"
    "thead th{border-bottom:1px solid var(--soft);white-space:normal;vertical-align:bottom}\n"
    "tbody th{font-weight:500}\n"
    "tbody tr+tr>*{border-top:1px solid var(--grid)}\n"
    "td:last-child:not(.r){white-space:normal;min-width:6rem}\n"
    ".r{text-align:right}\n"
    ".wrap td{white-space:normal;overflow-wrap:anywhere;min-width:12rem}\n"
    ".files{margin:.25rem 0 1.5rem}\n"
    "nav ul{list-style:none;padding:0;margin:.75rem 0;display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.875rem}\n"
    "a{color:var(--c1)}\n"
    "code{font:.9em ui-monospace,\"DejaVu Sans Mono\",monospace;overflow-wrap:anywhere}\n"
    "@media (max-width:40rem){main{padding:.5rem .9rem 3rem}svg.wide{display:none}svg.narrow{display:block}"
    ".answer p:first-child{font-size:1.1rem}}\n"
    /* A table goes to the next page as a whole; one that is longer than a page repeats its head. */
    "@media print{body{font-size:10pt}main{max-width:none;padding:0}nav,.files{display:none}svg.wide{display:block}"
    "svg.narrow{display:none}figure,.table,.answer,.missing,p,tr{break-inside:avoid}"
    "h1,h2,h3,caption,h2+p,h3+p{break-after:avoid}figcaption{break-before:avoid}h2{margin-top:1.5rem}"
    ".table{overflow:visible}table{font-size:8pt}"
    "th,td{padding:.15rem .7rem .15rem 0;white-space:normal}td.r,tbody th{white-space:nowrap}}\n";

void html_style(FILE *out) {
    fputs(":root{\n", out);
    write_colours(out, "", false);
    fputs("color-scheme:light dark\n}\n@media screen and (prefers-color-scheme:dark){:root{\n", out);
    write_colours(out, "", true);
    fputs("}}\n", out);
    fputs(layout, out);
}
