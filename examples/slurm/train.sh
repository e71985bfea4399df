#!/bin/bash
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=16
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
# One run on all tasks, with a bruno that was built with MPI:
#   sbatch examples/slurm/train.sh CHIP.json OUT
# Two minutes before the time limit the job asks for a checkpoint and, once that is written, enters the queue again, where
# it goes on from there. A job that was ended otherwise is submitted again, with any number of tasks.
set -eu
again() {
    asked=$(mktemp -p "$out")
    scancel --signal=USR1 "$SLURM_JOB_ID" # the tasks, not this script
    until [ "$out/checkpoint.json" -nt "$asked" ] || ! kill -0 "$tasks" 2>/dev/null; do sleep 0.2; done
    rm "$asked"
    kill -0 "$tasks" 2>/dev/null && scontrol requeue "$SLURM_JOB_ID"
    wait "$tasks"
    exit
}
out=$2
srun --mpi=pmix --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" \
    bruno train "$1" --out "$out" "${@:3}" --threads "${SLURM_CPUS_PER_TASK:-1}" &
tasks=$!
trap again USR1
wait "$tasks"
