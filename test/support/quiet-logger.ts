// A log for tests: it keeps its lines instead of printing them.

import type { LogFields, Logger } from '../../src/contract/runtime.ts'

export interface QuietLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** With the fields of every parent. */
  readonly fields: LogFields
  readonly message: string
  readonly error?: unknown
}

export interface QuietLogger extends Logger {
  /** All lines, children's among them, oldest first. */
  readonly lines: readonly QuietLine[]
}

export function createQuietLogger(): QuietLogger {
  const lines: QuietLine[] = []
  return { ...loggerInto(lines, {}), lines }
}

function loggerInto(lines: QuietLine[], inherited: LogFields): Logger {
  const write =
    (level: QuietLine['level']) =>
    (fields: LogFields, message: string, error?: unknown): void => {
      lines.push({
        level,
        fields: { ...inherited, ...fields },
        message,
        ...(error === undefined ? {} : { error }),
      })
    }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => loggerInto(lines, { ...inherited, ...fields }),
  }
}
