// A process that holds a store as another bridge would, says `held`, and lets go when its input ends.

import { DatabaseSync } from 'node:sqlite'

const [, , path = ''] = process.argv
const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 })
lock.exec('begin exclusive')
process.stdout.write('held\n')
process.stdin.on('end', () => process.exit(0)).resume()
setTimeout(() => process.exit(0), 60_000).unref()
