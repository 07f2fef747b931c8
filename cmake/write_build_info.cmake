include("${SETTINGS}")
include("${CMAKE_CURRENT_LIST_DIR}/git_head.cmake")
mm_git_head("${MISMATCH_SOURCE_DIR}" MISMATCH_GIT)
configure_file("${CMAKE_CURRENT_LIST_DIR}/mismatch_build.h.in" "${HEADER}" @ONLY)
