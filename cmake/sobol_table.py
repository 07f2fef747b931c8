#!/usr/bin/env python3
"""Writes host/plan/sobol_table.h: Joe and Kuo's primitive polynomials and initial direction numbers.

    cmake/sobol_table.py /usr/include/boost/random/detail/sobol_table.hpp >host/plan/sobol_table.h

They are read from the header of Boost.Random (Debian: libboost-dev), which took them from new-joe-kuo-6.21201.
"""
import re
import sys

DIMENSIONS = 512
DEGREES = 15  # numbers that the header keeps for each dimension
WIDTH = 112


def numbers(text, name):
    body = re.search(name + r"\[[^]]*\]\s*=\s*\{([^}]*)\}", text).group(1)
    return [int(n) for n in re.findall(r"\d+", body)]


def table(values):
    lines, line = [], "   "
    for value in values:
        if len(line) + len(str(value)) + 2 > WIDTH:
            lines.append(line)
            line = "   "
        line += f" {value},"
    return "\n".join(lines + [line])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    polynomials = numbers(text, "sobol_a")[: DIMENSIONS - 1]
    starts = numbers(text, "sobol_minit")
    first = []
    for i, polynomial in enumerate(polynomials):
        first += starts[DEGREES * i : DEGREES * i + polynomial.bit_length() - 1]
    print(f"""/* Sobol's sequence: primitive polynomials and initial direction numbers of dimensions 1 to {DIMENSIONS - 1}; dimension 0 needs
 * none. Made by cmake/sobol_table.py from boost/random/detail/sobol_table.hpp, Copyright Justinas Vygintas Daugmaudis
 * 2010-2018, Boost Software License 1.0 (https://www.boost.org/LICENSE_1_0.txt), which has them from S. Joe and F. Y.
 * Kuo, Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30, 2008. */
#ifndef MISMATCH_HOST_SOBOL_TABLE_H
#define MISMATCH_HOST_SOBOL_TABLE_H

#define SOBOL_DIMENSIONS {DIMENSIONS}

/* clang-format off */
/* Bit i is the coefficient of z^i, the first and the last being 1. */
static const unsigned short sobol_polynomials[SOBOL_DIMENSIONS - 1] = {{
{table(polynomials)}
}};

/* As many of each dimension as its polynomial's degree, one dimension behind the other. */
static const unsigned short sobol_first_numbers[] = {{
{table(first)}
}};
/* clang-format on */

#endif""")


if __name__ == "__main__":
    main()
