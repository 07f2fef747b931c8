#!/usr/bin/env bash
# Tries configs/slurm on a Slurm of one node (slurm_node.sh): needs root, slurm-wlm, munge, and a build with MPI.
#
#   slurm_try.sh [BUILD]      BUILD: its folder, default build/mpi
#
# Says what it sees; exit 0 when the job array and the MPI job give the digest of one process, and when a job that is
# told to end leaves a checkpoint and is queued again.
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
MISMATCH=$(cd -- "${1:-$root/build/mpi}" && pwd)/mismatch
config=$root/tests/data/every-key.yaml
scratch=$(mktemp -d)
trap 'scancel --me 2>/dev/null; sleep 1; "$root/tests/tools/slurm_node.sh" stop "$scratch/node"; rm -rf "$scratch"' EXIT
cd "$scratch"
"$root/tests/tools/slurm_node.sh" start "$scratch/node"
export SLURM_CONF=$scratch/node/slurm.conf MISMATCH XDG_STATE_HOME=$scratch/state
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 MPIRUN_OPTIONS='--oversubscribe --bind-to none'
digest() { sed -nE 's/^ *"digest": "([0-9a-f]{64})",?$/\1/p' "$1"; }

"$MISMATCH" run "$config" --paths 21000 --output one.json -q
sbatch --wait --array=1-7 "$root/configs/slurm/shards.sbatch" "$config" --paths 21000
sbatch --wait --ntasks=2 "$root/configs/slurm/ranks.sbatch" "$config" --paths 21000 --output ranks.json -q
echo "one process $(digest one.json)"
echo "job array   $(digest results/whole.json)"
echo "MPI job     $(digest ranks.json)"
[ "$(digest one.json)" = "$(digest results/whole.json)" ]
[ "$(digest one.json)" = "$(digest ranks.json)" ]

# told to end, as a minute before the time limit
for kind in shards ranks; do
    if [ $kind = shards ]; then
        job=$(RESULTS=long sbatch --parsable --array=1-1 "$root/configs/slurm/shards.sbatch" "$config" --paths 1e9)
        kept=long/1-of-1.json.checkpoint
    else
        job=$(sbatch --parsable "$root/configs/slurm/ranks.sbatch" "$config" --paths 1e9 --output long.json -q)
        kept=long.json.checkpoint
    fi
    for _ in $(seq 300); do
        [ ! -e "$kept" ] || break
        sleep 0.1
    done
    scancel --batch --signal=TERM "$job"
    for _ in $(seq 300); do
        scontrol show job "$job" | grep -qE 'Restarts=[1-9]' && break
        sleep 0.1
    done
    scontrol show job "$job" | grep -oE 'JobState=[A-Z]*|Restarts=[0-9]*'
    scontrol show job "$job" | grep -qE 'Restarts=[1-9]'
    [ -e "$kept" ]
    scancel "$job"
done
echo "all of it is as it should be"
