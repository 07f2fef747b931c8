# Several processes on one run, through MPI: -DMISMATCH_MPI=ON. Off by default, so that nobody needs MPI who has one
# machine. Included where the library is made: it takes the files that don't fit out of MM_LIBRARY_SOURCES.

if(MISMATCH_MPI)
  find_package(MPI REQUIRED COMPONENTS C)
  list(FILTER MM_LIBRARY_SOURCES EXCLUDE REGEX "/mpi/absent\\.c$")
else()
  list(FILTER MM_LIBRARY_SOURCES EXCLUDE REGEX "/mpi/mpi_[^/]*\\.c$")
endif()
