// npm run fuzz: malformed inputs on every way into the bridge. What breaks something is kept in test/fuzz/corpus.

import { parseArgs } from 'node:util'
import { loadPaths } from './paths.ts'
import type { FuzzPath } from './path.ts'
import { watch } from './watch.ts'
import type { Verdict } from './watch.ts'

const USAGE = `npm run fuzz -- [--inputs N] [--seed S] [--path name,…]

  --inputs N   how many inputs each path gets (10000)
  --seed S     makes the same inputs again (a new one unless told; it is printed)
  --path a,b   these alone; --list shows all
  --help       this

Prints a line for each path and, last, one of JSON: {seed, paths: {name: {inputs, crashes, hangs, rssMbMin, rssMbMax}}}.
Ends with 1 after any crash, hang, unbounded memory, or a path that does not answer a good input any more.
`
/** Two processes side by side: more would make slowness of the machine look like hangs. */
const AT_ONCE = 2

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    path: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
process.exitCode = await run()

async function run(): Promise<number> {
  if (values.help) return print(USAGE, 0)
  const { paths: all, failures } = await loadPaths()
  for (const failure of failures) print(`${failure}\n`, 1)
  if (values.list) return print(`${all.map(({ name }) => name).join('\n')}\n`, 0)
  const asked = values.path?.split(',')
  const unknown = asked?.filter((name) => !all.some((path) => path.name === name)) ?? []
  if (unknown.length > 0) return print(`There is no path ${unknown.join(', ')}.\n\n${USAGE}`, 2)
  const [inputs, seed] = [Number(values.inputs), Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))]
  if (!Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed)) return print(USAGE, 2)

  const waiting = all.filter(({ name }) => asked?.includes(name) ?? true)
  if (waiting.length === 0) return print('There is no path to fuzz.\n', 2)
  const order = waiting.map(({ name }) => name)
  const verdicts = new Map<string, Verdict>()
  const state = { isFine: failures.length === 0 }
  const work = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      if (!(await fuzz(path))) state.isFine = false
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const paths = Object.fromEntries(order.map((name) => [name, verdicts.get(name)]))
  return print(`${JSON.stringify({ seed, paths })}\n`, state.isFine ? 0 : 1)

  async function fuzz(path: FuzzPath): Promise<boolean> {
    const began = performance.now()
    const { growth, ...verdict } = await watch(path, { inputs, seed, say: (text) => print(`${text}\n`, 0) })
    verdicts.set(path.name, verdict)
    const { crashes, hangs, rssMbMin, rssMbMax } = verdict
    const seconds = Math.round((performance.now() - began) / 1_000)
    print(
      `${path.name.padEnd(28)} ${verdict.inputs} inputs, ${crashes} crashes, ${hangs} hangs, ${rssMbMin}–${rssMbMax} MB, ${seconds} s\n`,
      0,
    )
    if (growth !== undefined) print(`${path.name}: ${growth}\n`, 0)
    return crashes === 0 && hangs === 0 && growth === undefined && verdict.inputs >= inputs
  }
}

function print(text: string, code: number): number {
  process.stdout.write(text)
  return code
}
