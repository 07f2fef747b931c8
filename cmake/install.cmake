# What others get: the program with its manual, completion and configurations; the shared library with headers,
# pkg-config and CMake files; a Debian package; an archive of the sources.

include(CMakePackageConfigHelpers)

# --- the shared library: the static one's objects, with the names of the public headers alone to be seen
string(REGEX MATCH "^[0-9]+" MM_SOVERSION "${PROJECT_VERSION}")
set(MM_PUBLIC_NAMES "")
set(MM_PUBLIC_TEXT "")
foreach(header IN LISTS MM_PUBLIC_HEADERS)
  file(READ "${header}" text)
  string(REGEX REPLACE "/\\*([^*]|\\*+[^/*])*\\*+/" "" text "${text}") # functions in comments are not declared there
  string(REGEX MATCHALL "[^a-z0-9_]mm_[a-z0-9_]+\\(" names "${text}")
  list(APPEND MM_PUBLIC_NAMES ${names})
endforeach()
list(TRANSFORM MM_PUBLIC_NAMES REPLACE "^.(mm_[a-z0-9_]+)\\($" "\\1")
list(REMOVE_DUPLICATES MM_PUBLIC_NAMES)
list(SORT MM_PUBLIC_NAMES)
foreach(name IN LISTS MM_PUBLIC_NAMES)
  string(APPEND MM_PUBLIC_TEXT "    ${name};\n")
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${MM_PUBLIC_HEADERS})
set(MM_VERSION_SCRIPT "${MM_GENERATED_DIR}/libmismatch.map")
file(CONFIGURE OUTPUT "${MM_VERSION_SCRIPT}" CONTENT "MISMATCH_@MM_SOVERSION@ {\n  global:\n@MM_PUBLIC_TEXT@  local:\n    *;\n};\n" @ONLY)

set_target_properties(libmismatch PROPERTIES POSITION_INDEPENDENT_CODE ON)
if(NOT MISMATCH_SANITIZE) # a sanitizer's runtime belongs to programs, not to libraries
  add_library(libmismatch_shared SHARED $<TARGET_OBJECTS:libmismatch>)
  set_target_properties(
    libmismatch_shared
    PROPERTIES OUTPUT_NAME mismatch EXPORT_NAME mismatch LINKER_LANGUAGE C VERSION "${PROJECT_VERSION}"
               SOVERSION "${MM_SOVERSION}" LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}"
               LINK_DEPENDS "${MM_VERSION_SCRIPT}")
  target_include_directories(libmismatch_shared INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_link_libraries(libmismatch_shared PRIVATE ${MM_LIBRARIES})
  if(MISMATCH_MPI)
    target_link_libraries(libmismatch_shared PRIVATE MPI::MPI_C)
  endif()
  target_link_options(libmismatch_shared PRIVATE "-Wl,--version-script=${MM_VERSION_SCRIPT}" -Wl,--no-undefined)

  install(TARGETS libmismatch_shared EXPORT mismatch_targets LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(FILES ${MM_PUBLIC_HEADERS} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/mismatch")
  install(EXPORT mismatch_targets FILE mismatchTargets.cmake NAMESPACE mismatch::
          DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/mismatch")
  configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/mismatchConfig.cmake.in"
                                "${MM_GENERATED_DIR}/mismatchConfig.cmake"
                                INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/mismatch")
  write_basic_package_version_file("${MM_GENERATED_DIR}/mismatchConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
  install(FILES "${MM_GENERATED_DIR}/mismatchConfig.cmake" "${MM_GENERATED_DIR}/mismatchConfigVersion.cmake"
          DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/mismatch")
  # Relative to the file itself, so that the whole may be moved.
  file(RELATIVE_PATH MM_PC_TO_PREFIX "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
  configure_file("${CMAKE_CURRENT_LIST_DIR}/mismatch.pc.in" "${MM_GENERATED_DIR}/mismatch.pc" @ONLY)
  install(FILES "${MM_GENERATED_DIR}/mismatch.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endif()

# --- the program
install(TARGETS mismatch RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_DATADIR}" OR NOT CMAKE_INSTALL_BINDIR MATCHES "^[^/]+$")
  set(MM_DATA_FOLDER "${CMAKE_INSTALL_FULL_DATADIR}/mismatch")
else()
  set(MM_DATA_FOLDER "${CMAKE_INSTALL_DATADIR}/mismatch") # the program looks for it from where it lies
endif()
target_compile_definitions(mismatch PRIVATE "MISMATCH_DATA_FOLDER=\"${MM_DATA_FOLDER}\"")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/configs" DESTINATION "${CMAKE_INSTALL_DATADIR}/mismatch")
install(FILES "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/CHANGELOG.md" "${PROJECT_SOURCE_DIR}/LICENSE"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/" DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs")

# What the program prints about itself. Where it can't run here, a build for another machine, that is left out.
if(NOT CMAKE_CROSSCOMPILING)
  set(MM_MANUAL_DIR "${PROJECT_BINARY_DIR}/manual")
  add_custom_command(
    OUTPUT "${MM_MANUAL_DIR}/stamp"
    COMMAND "${CMAKE_COMMAND}" "-DPROGRAM=$<TARGET_FILE:mismatch>" "-DDIR=${MM_MANUAL_DIR}" -P
            "${CMAKE_CURRENT_LIST_DIR}/manual.cmake"
    COMMAND "${CMAKE_COMMAND}" -E touch "${MM_MANUAL_DIR}/stamp"
    DEPENDS mismatch "${CMAKE_CURRENT_LIST_DIR}/manual.cmake"
    COMMENT "Writing manual pages and completion"
    VERBATIM)
  add_custom_target(manual ALL DEPENDS "${MM_MANUAL_DIR}/stamp")
  install(DIRECTORY "${MM_MANUAL_DIR}/man1" DESTINATION "${CMAKE_INSTALL_MANDIR}")
  install(FILES "${MM_MANUAL_DIR}/completion/mismatch"
          DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
  install(FILES "${MM_MANUAL_DIR}/completion/_mismatch" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
  install(FILES "${MM_MANUAL_DIR}/completion/mismatch.fish"
          DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
endif()

# --- the Debian package: cpack -G DEB in the build folder
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mismatch)
set(CPACK_PACKAGE_VENDOR mismatch)
if(NOT CPACK_PACKAGE_CONTACT) # whoever makes a package for others gives a name and an address here
  set(CPACK_PACKAGE_CONTACT "The maintainers of mismatch <mismatch@example.org>")
endif()
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION
    "Simulates an industry of firms month by month, many times over, and counts
how often one firm has compute to spare while the industry as a whole is
short of it, what that says about a glut, and how sure the figures are.
With the program come its manual, its configurations, and the shared library
with its headers.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # what it needs, from what it is linked with
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "gnuplot-nox, fonts-dejavu-core")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "ocl-icd-libopencl1")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${MM_GENERATED_DIR}/triggers")
file(WRITE "${MM_GENERATED_DIR}/triggers" "activate-noawait ldconfig\n")
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/debian.cmake")
set(CPACK_SOURCE_GENERATOR "")
include(CPack)

# --- the archive of the sources: what is committed. It builds without git, and knows its commit (cmake/commit.txt).
find_package(Git QUIET)
if(GIT_FOUND AND EXISTS "${PROJECT_SOURCE_DIR}/.git")
  set(MM_ARCHIVE "${PROJECT_BINARY_DIR}/mismatch-${PROJECT_VERSION}.tar.gz")
  add_custom_target(
    dist
    COMMAND "${GIT_EXECUTABLE}" -c "safe.directory=*" archive --format=tar.gz "--prefix=mismatch-${PROJECT_VERSION}/" -o
            "${MM_ARCHIVE}" HEAD
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    COMMENT "Writing ${MM_ARCHIVE}"
    VERBATIM)
endif()
