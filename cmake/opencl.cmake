# The OpenCL backend: its headers are needed to build it, its loader only to use it. The kernels are embedded as one
# text. Included where the library is made: it takes the files that don't fit out of MM_LIBRARY_SOURCES.

set(MM_OPENCL OFF)
if(NOT MISMATCH_OPENCL STREQUAL "OFF")
  find_path(OPENCL_INCLUDE_DIR CL/cl.h)
  mark_as_advanced(OPENCL_INCLUDE_DIR)
  if(OPENCL_INCLUDE_DIR)
    set(MM_OPENCL ON)
  elseif(MISMATCH_OPENCL STREQUAL "ON")
    message(FATAL_ERROR "The OpenCL backend needs the OpenCL headers (CL/cl.h)")
  else()
    message(STATUS "The OpenCL backend is left out; not found: CL/cl.h")
  endif()
endif()

if(MM_OPENCL)
  list(FILTER MM_LIBRARY_SOURCES EXCLUDE REGEX "/opencl/absent\\.c$")
  set(MM_OPENCL_ARRAY "${MM_GENERATED_DIR}/opencl_source.c")
else()
  list(FILTER MM_LIBRARY_SOURCES EXCLUDE REGEX "/opencl/opencl_[^/]*\\.c$")
  set(MM_OPENCL_ARRAY "")
endif()

file(GLOB MM_KERNEL_FILES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/kernels/*")
set(MM_OPENCL_TEXT "${MM_GENERATED_DIR}/mismatch.cl") # for people and for the tests; the program holds its own
add_custom_command(
  OUTPUT "${MM_GENERATED_DIR}/opencl_source.c"
  BYPRODUCTS "${MM_OPENCL_TEXT}"
  COMMAND "${CMAKE_COMMAND}" -D "ROOT=${PROJECT_SOURCE_DIR}" -D SOURCE=kernels/device.cl -D "TEXT=${MM_OPENCL_TEXT}"
          -D "ARRAY=${MM_GENERATED_DIR}/opencl_source.c" -D NAME=opencl_source -P
          "${PROJECT_SOURCE_DIR}/cmake/flatten.cmake"
  DEPENDS ${MM_KERNEL_FILES} "${PROJECT_SOURCE_DIR}/cmake/flatten.cmake"
  COMMENT "Flattening the kernels for OpenCL"
  VERBATIM)
