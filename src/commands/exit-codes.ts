// What do the numbers say that a command ends with? Listed in `--help`.

export const EXIT = {
  fine: 0,
  /** Something is wrong out there, or was found to be. */
  fault: 1,
  /** Asked for in a way that cannot work: unknown option, a configuration that cannot be read. */
  misuse: 2,
  /** Ctrl-C, before it was done. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
