# Run by cpack on what it has gathered, before it is packed: what only a Debian package has, where Debian wants it.

set(share "${CPACK_TEMPORARY_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX}/share")
set(doc "${share}/doc/${CPACK_PACKAGE_NAME}")

function(compress)
  find_program(GZIP_PROGRAM gzip REQUIRED)
  execute_process(COMMAND "${GZIP_PROGRAM}" -9 --no-name --force ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB pages "${share}/man/man1/*.1")
if(pages)
  compress(${pages})
endif()

# Debian's zsh looks for the completion of packages in a place of its own.
if(EXISTS "${share}/zsh/site-functions")
  file(RENAME "${share}/zsh/site-functions" "${share}/zsh/vendor-completions")
endif()

string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH, where that is set
file(
  WRITE "${doc}/changelog.Debian"
  "${CPACK_PACKAGE_NAME} (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Version ${CPACK_PACKAGE_VERSION}; CHANGELOG.md says what is in it.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
compress("${doc}/changelog.Debian")

# Debian has the text of the licence already.
file(REMOVE "${doc}/LICENSE")
file(
  WRITE "${doc}/copyright"
  "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ${CPACK_PACKAGE_NAME}

Files: *
Copyright: 2026 the authors of ${CPACK_PACKAGE_NAME}
License: Apache-2.0
 The text of the licence is in /usr/share/common-licenses/Apache-2.0.
")

file(
  WRITE "${share}/lintian/overrides/${CPACK_PACKAGE_NAME}"
  "# One package is all that somebody has to install: the program, and the library with its headers.
${CPACK_PACKAGE_NAME}: package-name-doesnt-match-sonames *
${CPACK_PACKAGE_NAME}: link-to-shared-library-in-wrong-package *
# Slurm reads these from where they lie.
${CPACK_PACKAGE_NAME}: script-not-executable [usr/share/mismatch/configs/slurm/*.sbatch]
# The package is for the machine that it was built on.
${CPACK_PACKAGE_NAME}: pkg-config-unavailable-for-cross-compilation *
# README.md links to CHANGELOG.md by this name.
${CPACK_PACKAGE_NAME}: wrong-name-for-upstream-changelog *
# cpack writes these calls beside the trigger; they do no harm.
${CPACK_PACKAGE_NAME}: maintscript-calls-ldconfig *
# It is not a part of Debian.
${CPACK_PACKAGE_NAME}: initial-upload-closes-no-bugs *
")

# Everybody may read it, whatever the umask of whoever packs it.
set(read OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
file(CHMOD_RECURSE "${share}" FILE_PERMISSIONS ${read})
file(CHMOD_RECURSE "${CPACK_TEMPORARY_DIRECTORY}" DIRECTORY_PERMISSIONS ${read} OWNER_EXECUTE GROUP_EXECUTE
                                                                          WORLD_EXECUTE)
