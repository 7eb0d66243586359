#!/usr/bin/env bash
# Makes a picture (SVG) of the demo's output: `tests/lab/demo.sh | tests/lab/demo-svg.sh >docs/demo.svg`. It shows the part for an
# ordinary user. The same text makes the same picture.
set -euo pipefail

awk -v columns=104 '
    function escaped(text) {
        gsub(/&/, "\\&amp;", text)
        gsub(/</, "\\&lt;", text)
        gsub(/>/, "\\&gt;", text)
        return text
    }
    function add(text, class) { lines[++count] = text; classes[count] = class }
    # Words that do not fit go on in the next line.
    function wrap(text, class,    rest, at) {
        while (length(text) > columns) {
            for (at = columns; at > 1 && substr(text, at, 1) != " "; at--);
            add(substr(text, 1, at - 1), class)
            text = "    " substr(text, at + 1)
        }
        add(text, class)
    }
    /^=== as / { shown = /ordinary user/; next }
    shown && /^\$ / { wrap($0, "typed"); commands = 1; next }
    shown && /^  packets through/ { wrap($0, "counted"); commands = 0; next }
    shown && /^$/ { if (count > 0) add("", "said"); commands = 0; next }
    /^Packets through the wrong uplink/ { wrap($0, "typed"); next }
    shown { wrap($0, commands ? "printed" : "said") }
    END {
        height = count * 18 + 56
        width = columns * 8 + 40
        printf "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", width, height, width, height
        print "<title>A terminal that shows make demo, as an ordinary user</title>"
        print "<style>text { font: 13px ui-monospace, Menlo, Consolas, \"DejaVu Sans Mono\", monospace; white-space: pre }"
        print ".said { fill: #9da7b3 } .typed { fill: #ffffff; font-weight: bold } .printed { fill: #d1d7e0 } .counted { fill: #57ab5a }</style>"
        printf "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#1c2128\"/>\n", width, height
        print "<circle cx=\"20\" cy=\"18\" r=\"5\" fill=\"#f47067\"/><circle cx=\"38\" cy=\"18\" r=\"5\" fill=\"#c69026\"/><circle cx=\"56\" cy=\"18\" r=\"5\" fill=\"#57ab5a\"/>"
        for (i = 1; i <= count; i++)
            if (lines[i] != "")
                printf "<text x=\"20\" y=\"%d\" class=\"%s\" xml:space=\"preserve\">%s</text>\n", 34 + i * 18, classes[i], escaped(lines[i])
        print "</svg>"
    }'
