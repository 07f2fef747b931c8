# What the library needs. What only the tests need is in tests.cmake.

find_package(PkgConfig REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(Threads REQUIRED)

pkg_check_modules(LIBFYAML REQUIRED IMPORTED_TARGET libfyaml)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(GSL REQUIRED IMPORTED_TARGET gsl)
pkg_check_modules(LIBMD REQUIRED IMPORTED_TARGET libmd)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)

set(MM_LIBRARIES
    PkgConfig::LIBFYAML PkgConfig::JANSSON PkgConfig::GSL PkgConfig::LIBMD PkgConfig::ZLIB PkgConfig::SQLITE OpenMP::OpenMP_C
    Threads::Threads ${CMAKE_DL_LIBS} m)
