#!/bin/bash
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=16
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --signal=USR1@120
# One run on all tasks, with a bruno that was built with MPI:
#   sbatch examples/slurm/train.sh CHIP.json OUT
# Two minutes before the time limit it is asked for a checkpoint. A job that is requeued or submitted again goes on from the last checkpoint, with any number of tasks.
set -eu
srun --mpi=pmix --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" \
    bruno train "$1" --out "$2" "${@:3}" --threads "${SLURM_CPUS_PER_TASK:-1}"
