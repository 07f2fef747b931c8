# generated/mismatch_build.h: version, commit, compiler and flags of this build.
#
# The commit is read from the files under .git, not by asking git: git refuses to look at a checkout that somebody
# else owns, and it need not be installed. The header is written again only when one of those files changes, so a
# build with nothing changed does nothing. Local changes that are not committed don't show in the hash.

include("${CMAKE_CURRENT_LIST_DIR}/git_head.cmake")
mm_git_files("${PROJECT_SOURCE_DIR}" MM_GIT_FILES)

string(TOUPPER "${CMAKE_BUILD_TYPE}" MM_CONFIG)
string(JOIN " " MM_FLAGS_TEXT ${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${MM_CONFIG}} -std=c11 ${MM_FLAGS})
if(MISMATCH_KERNEL_OPT)
  string(APPEND MM_FLAGS_TEXT " (kernels ${MISMATCH_KERNEL_OPT})")
endif()
string(REGEX REPLACE " -W[a-z=-]+" "" MM_FLAGS_TEXT " ${MM_FLAGS_TEXT}")
string(REGEX REPLACE "[\\\\\"]" "" MM_FLAGS_TEXT "${MM_FLAGS_TEXT}")
string(STRIP "${MM_FLAGS_TEXT}" MM_FLAGS_TEXT)

set(MM_GENERATED_DIR "${PROJECT_BINARY_DIR}/generated")
set(MM_BUILD_HEADER "${MM_GENERATED_DIR}/mismatch_build.h")
set(MM_BUILD_STAMP "${PROJECT_BINARY_DIR}/mismatch_build.stamp")

configure_file("${CMAKE_CURRENT_LIST_DIR}/build_settings.cmake.in" "${PROJECT_BINARY_DIR}/build_settings.cmake" @ONLY)

add_custom_command(
  OUTPUT "${MM_BUILD_STAMP}"
  BYPRODUCTS "${MM_BUILD_HEADER}"
  COMMAND "${CMAKE_COMMAND}" "-DSETTINGS=${PROJECT_BINARY_DIR}/build_settings.cmake" "-DHEADER=${MM_BUILD_HEADER}" -P
          "${CMAKE_CURRENT_LIST_DIR}/write_build_info.cmake"
  COMMAND "${CMAKE_COMMAND}" -E touch "${MM_BUILD_STAMP}"
  DEPENDS "${PROJECT_BINARY_DIR}/build_settings.cmake" "${CMAKE_CURRENT_LIST_DIR}/write_build_info.cmake"
          "${CMAKE_CURRENT_LIST_DIR}/git_head.cmake" "${CMAKE_CURRENT_LIST_DIR}/mismatch_build.h.in" ${MM_GIT_FILES}
  COMMENT "Writing generated/mismatch_build.h"
  VERBATIM)
add_custom_target(build_info DEPENDS "${MM_BUILD_STAMP}")
