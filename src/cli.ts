#!/usr/bin/env node
// The command line: which room does this command lead to? Everything else is loaded only when it is asked for.

import { versionFault } from './version.ts'

const fault = versionFault(process.versions.node)
if (fault === undefined) {
  const { runCommandLine } = await import('./commands.ts')
  process.exitCode = await runCommandLine(process.argv)
} else {
  process.stderr.write(`${fault}\n`)
  process.exitCode = 1
}
