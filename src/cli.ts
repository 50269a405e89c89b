#!/usr/bin/env node
// The command line: which room does this command lead to? Everything else is loaded only when it is asked for.

import { enableCompileCache } from 'node:module'
import { versionFault } from './version.ts'

const fault = versionFault(process.versions.node)
if (fault === undefined) {
  // Compiled code is kept in the system's folder for temporary files; where that cannot be written, starts are slower.
  enableCompileCache()
  const { runCommandLine } = await import('./commands.ts')
  process.exitCode = await runCommandLine(process.argv)
} else {
  process.stderr.write(`${fault}\n`)
  process.exitCode = 1
}
