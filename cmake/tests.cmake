# Whether the tests are built, what they need, and how one is made.

set(MM_TESTS OFF)
if(NOT MISMATCH_TESTS STREQUAL "OFF" AND TARGET libmismatch)
  pkg_check_modules(CMOCKA QUIET IMPORTED_TARGET cmocka)
  pkg_check_modules(MPFR QUIET IMPORTED_TARGET mpfr)
  find_path(RANDOM123_INCLUDE_DIR Random123/philox.h)
  find_program(BATS_PROGRAM bats)
  find_program(PYTHON_PROGRAM python3 PATHS /usr/bin NO_DEFAULT_PATH) # the one that the packages are for
  find_program(PYTHON_PROGRAM python3)
  mark_as_advanced(RANDOM123_INCLUDE_DIR BATS_PROGRAM PYTHON_PROGRAM)
  set(missing "")
  foreach(need CMOCKA_FOUND MPFR_FOUND RANDOM123_INCLUDE_DIR BATS_PROGRAM)
    if(NOT ${need})
      list(APPEND missing ${need})
    endif()
  endforeach()
  if(NOT missing)
    set(MM_TESTS ON)
  elseif(MISMATCH_TESTS STREQUAL "ON")
    message(FATAL_ERROR "The tests need cmocka, mpfr, Random123 and bats; not found: ${missing}")
  else()
    message(STATUS "Tests are left out; not found: ${missing}")
  endif()
endif()

# A sanitizer's own settings. gcc's OpenMP runtime shows the thread sanitizer false races, so tsan is built with
# clang; Archer tells it what LLVM's runtime orders.
set(MM_TEST_ENVIRONMENT
    "SOURCE_DIR=${PROJECT_SOURCE_DIR}"
    "BUILD_DIR=${PROJECT_BINARY_DIR}"
    "MISMATCH=${PROJECT_BINARY_DIR}/mismatch"
    "PYTHON=${PYTHON_PROGRAM}"
    "SHIM=${PROJECT_BINARY_DIR}/tests/shim.so"
    "MISMATCH_TEST_PATHS=${MISMATCH_TEST_PATHS}"
    "CMOCKA_MESSAGE_OUTPUT=TAP"
    "OMP_WAIT_POLICY=passive"
    "ASAN_OPTIONS=detect_stack_use_after_return=1"
    "LSAN_OPTIONS=print_suppressions=0:suppressions='${PROJECT_SOURCE_DIR}/cmake/leaks.supp'"
    "UBSAN_OPTIONS=print_stacktrace=1"
    "TSAN_OPTIONS=ignore_noninstrumented_modules=1")
if(MISMATCH_SANITIZE MATCHES "thread")
  string(REGEX MATCH "^[0-9]+" MM_LLVM "${CMAKE_C_COMPILER_VERSION}")
  find_file(ARCHER_LIBRARY libarcher.so
            PATHS "/usr/lib/llvm-${MM_LLVM}/lib" /usr/lib /usr/lib64 "/usr/lib/${CMAKE_C_LIBRARY_ARCHITECTURE}")
  if(ARCHER_LIBRARY)
    list(APPEND MM_TEST_ENVIRONMENT "OMP_TOOL=enabled" "OMP_TOOL_LIBRARIES=${ARCHER_LIBRARY}")
  else()
    message(WARNING "Archer is not found: the thread sanitizer may report races that are none")
  endif()
endif()

# mm_test(name labels seconds command...): exit 77 is a skip, counted and shown. Tests that don't have opencl in their
# names see no devices, so that they test the cores wherever they run.
function(mm_test name labels seconds)
  set(no_devices ";OCL_ICD_VENDORS=${PROJECT_BINARY_DIR}/none")
  if(name MATCHES "opencl")
    set(no_devices "")
  endif()
  add_test(NAME ${name} COMMAND "${PROJECT_SOURCE_DIR}/cmake/run_in_scratch.sh" ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${seconds} SKIP_RETURN_CODE 77
                                          ENVIRONMENT "${MM_TEST_ENVIRONMENT}${no_devices}")
endfunction()
