#!/usr/bin/env bash
# A Slurm of one node, without systemd, to try configs/slurm with: needs root and the packages slurm-wlm and munge.
#
#   slurm_node.sh start FOLDER    starts munged, slurmctld and slurmd with all their files in FOLDER
#   slurm_node.sh stop FOLDER     stops what it started
#
# Afterwards SLURM_CONF=FOLDER/slurm.conf lets sbatch, squeue and scontrol find it.
set -euo pipefail
action=${1:?start or stop}
folder=${2:?which folder}

stop_one() {
    local pid
    [ -r "$1" ] || return 0
    pid=$(cat "$1")
    kill "$pid" 2>/dev/null || return 0
    for _ in $(seq 50); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
}

if [ "$action" = stop ]; then
    stop_one "$folder/slurmd.pid"
    stop_one "$folder/slurmctld.pid"
    stop_one "$folder/munged.pid"
    exit
fi
mkdir -p "$folder/state" "$folder/spool"
folder=$(cd "$folder" && pwd)
host=$(hostname -s)
port=$((20000 + RANDOM % 10000))

# munge wants a key, a socket and a log of its own that nobody else can write
mkdir -p "$folder/munge"
chmod 0711 "$folder" "$folder/munge"
[ -e "$folder/munge/key" ] || head -c 1024 /dev/urandom >"$folder/munge/key"
chmod 0400 "$folder/munge/key"
munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munged.pid" \
    --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"

cat >"$folder/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/builtin
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:8
CONF
export SLURM_CONF=$folder/slurm.conf
slurmctld -c -f "$SLURM_CONF"
slurmd -c -f "$SLURM_CONF" -N "$host"
for _ in $(seq 100); do
    sinfo -h -o %T 2>/dev/null | grep -qE 'idle|mixed|allocated' && exit 0
    sleep 0.2
done
tail -n 5 "$folder/slurmctld.log" "$folder/slurmd.log" >&2
exit 1
