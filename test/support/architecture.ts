// Part of `npm run check`: reads every module and fails with a sentence for each broken rule of the house.

import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { judge } from './judge.ts'

/** The first version had more; far fewer means that the files were not found. */
const AT_LEAST = 60

const root = fileURLToPath(new URL('../../', import.meta.url))
const modules = globSync('{src,adapters,test}/**/*.ts', { cwd: root }).map((path) => ({
  path: path.split(sep).join('/'),
  source: readFileSync(join(root, path), 'utf8'),
}))
const violations = judge(modules, AT_LEAST)
for (const violation of violations) console.error(violation)
if (violations.length > 0) {
  console.error(`\n${violations.length} broken ${violations.length === 1 ? 'rule' : 'rules'} of the house.`)
  process.exitCode = 1
} else {
  console.log(`The house is in order: ${modules.length} modules keep its rules.`)
}
