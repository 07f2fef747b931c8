# Puts a kernel and all that it includes into one text, and that text into a C array:
#   cmake -D ROOT=... -D SOURCE=kernels/device.cl -D TEXT=out.cl -D ARRAY=out.c -D NAME=symbol -P flatten.cmake
# Each file comes once. #line directives keep the places in messages those of the tree. Includes of <...> belong to
# parts that OpenCL's preprocessor skips, and are left as they are.

cmake_minimum_required(VERSION 3.22)

set_property(GLOBAL PROPERTY seen "")

# Sets `out` to the flattened text of `file`, a path below ROOT.
function(flatten file out)
  file(READ "${ROOT}/${file}" rest)
  string(PREPEND rest "\n")
  get_filename_component(folder "${file}" DIRECTORY)
  set(text "#line 1 \"${file}\"")
  set(line 0)
  while(TRUE)
    string(REGEX MATCH "\n#include \"[^\"\n]+\"" hit "${rest}")
    if(hit STREQUAL "")
      break()
    endif()
    string(FIND "${rest}" "${hit}" at)
    string(LENGTH "${hit}" length)
    string(SUBSTRING "${rest}" 0 ${at} before)
    math(EXPR at "${at} + ${length}")
    string(SUBSTRING "${rest}" ${at} -1 rest)
    string(REGEX REPLACE "[^\n]" "" newlines "${before}")
    string(LENGTH "${newlines}" lines)
    math(EXPR line "${line} + ${lines} + 1")
    string(APPEND text "${before}\n")
    string(REGEX REPLACE "^\n#include \"(.*)\"$" "\\1" name "${hit}")
    if(EXISTS "${ROOT}/${folder}/${name}")
      set(name "${folder}/${name}")
    endif()
    get_property(seen GLOBAL PROPERTY seen)
    if(NOT name IN_LIST seen)
      set_property(GLOBAL APPEND PROPERTY seen "${name}")
      flatten("${name}" inner)
      string(APPEND text "${inner}\n")
    endif()
    math(EXPR next "${line} + 1")
    string(APPEND text "#line ${next} \"${file}\"")
  endwhile()
  string(APPEND text "${rest}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

flatten("${SOURCE}" text)
file(WRITE "${TEXT}" "${text}")
file(READ "${TEXT}" hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes
                     "${bytes}")
file(WRITE "${ARRAY}" "#include <stddef.h>\nextern const unsigned char ${NAME}[];\nextern const size_t ${NAME}_size;\n"
                      "const unsigned char ${NAME}[] = {\n${bytes}0};\nconst size_t ${NAME}_size = sizeof ${NAME} - 1;\n")
