# The language, the warnings and the flags of every target of the project.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()

# New compilers know new warnings. They stop the build only with the compilers this tree is kept clean with,
# so that somebody with a newer one can still build.
set(MM_WERROR_DEFAULT OFF)
if((CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 13)
   OR (CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 15))
  set(MM_WERROR_DEFAULT ON)
endif()

option(MISMATCH_WERROR "Treat warnings as errors" ${MM_WERROR_DEFAULT})
set(MISMATCH_KERNEL_OPT "" CACHE STRING "Optimisation level of the lane kernels, for example -O0; empty: the build's own")
option(MISMATCH_POISON "Fill each path's scratch area with NaNs first, to show that no result hangs on what was there" OFF)
set(MISMATCH_SANITIZE "" CACHE STRING "Sanitizers for every target: address,undefined or thread")
set(MISMATCH_TESTS AUTO CACHE STRING "Build the tests: ON, OFF or AUTO (where their libraries are there)")
set(MISMATCH_TEST_PATHS 1000000 CACHE STRING "Paths that the closed-form tests simulate")
set(MISMATCH_OPENCL AUTO CACHE STRING "Build the OpenCL backend: ON, OFF or AUTO (where its headers are there)")
option(MISMATCH_MPI "Several processes on one run, through MPI" OFF)
set_property(CACHE MISMATCH_OPENCL PROPERTY STRINGS AUTO ON OFF)
set_property(CACHE MISMATCH_TESTS PROPERTY STRINGS AUTO ON OFF)

if(NOT MISMATCH_KERNEL_OPT MATCHES "^(-O[0-3s])?$")
  message(FATAL_ERROR "MISMATCH_KERNEL_OPT is '${MISMATCH_KERNEL_OPT}'; allowed: -O0, -O1, -O2, -O3, -Os or nothing")
endif()
if(NOT MISMATCH_TEST_PATHS MATCHES "^[1-9][0-9]*$")
  message(FATAL_ERROR "MISMATCH_TEST_PATHS is '${MISMATCH_TEST_PATHS}'; a positive whole number is wanted")
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")

# Contraction off for the whole project, not for a list of files: a fused a*b+c in one file only would give other
# bits there, and clang fuses even with -std=c11.
set(MM_FLAGS -ffp-contract=off -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(MISMATCH_WERROR)
  list(APPEND MM_FLAGS -Werror)
endif()
if(MISMATCH_SANITIZE)
  list(APPEND MM_FLAGS "-fsanitize=${MISMATCH_SANITIZE}" -fno-sanitize-recover=all)
  add_link_options("-fsanitize=${MISMATCH_SANITIZE}")
endif()
add_compile_options(${MM_FLAGS})
add_compile_definitions(_GNU_SOURCE)
