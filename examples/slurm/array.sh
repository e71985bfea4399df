#!/bin/bash
#SBATCH --array=1-8
#SBATCH --cpus-per-task=16
#SBATCH --time=04:00:00
#SBATCH --requeue
# Virtual chips of a run in as many jobs as shards; afterwards `bruno merge OUT`:
#   sbatch examples/slurm/array.sh RUN OUT --chips 1000 --target 0.9
# With another --array, SHARDS says how many there are. A job that ran out of time is submitted again by its number.
set -eu
bruno montecarlo "$1" --out "$2" "${@:3}" \
    --threads "${SLURM_CPUS_PER_TASK:-1}" --shard "$SLURM_ARRAY_TASK_ID/${SHARDS:-8}"
