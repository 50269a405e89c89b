// Does the check of the house's rules bite? Planted modules, each breaking one.
import { expect, test } from 'vitest'
import { judge } from '../support/judge.ts'

function plant(modules: Readonly<Record<string, string>>): readonly string[] {
  return judge(
    Object.entries(modules).map(([path, source]) => ({ path, source })),
    1,
  )
}

test('what the rules allow passes', () => {
  expect(
    plant({
      'src/coze/chat.ts': `import { request } from 'undici'\nimport type { A } from './a.ts'`,
      'src/contract/a.ts': `// console.log, setTimeout and import './gone.ts' in a comment\nexport const a = "process.env"`,
      'src/main.ts': `import '../adapters/index.ts'\nconsole.log(process.env, Date.now())`,
      'src/commands/start.ts': `const { a } = await import('../bridge/turn.ts')`,
      'adapters/index.ts': `export const load = () => import('./telegram/index.ts')`,
      'adapters/telegram/index.ts': `import { Api } from 'grammy'\nimport type { Opts } from 'grammy/types'`,
      'src/coze/chat.test.ts': `import { start } from '../emulators/coze/index.ts'\nsetTimeout(start, 1)`,
    }),
  ).toEqual([])
})

test.each([
  [
    'src/coze/chat.ts',
    `import type { Turn } from '../bridge/turn.ts'`,
    'src/coze/chat.ts:1 imports src/bridge/turn.ts: the room coze may import only itself, contract, circuit, because it knows nothing',
  ],
  ['src/contract/a.ts', `export * from '../net/fetch.ts'`, 'the room contract may import nothing but itself'],
  [
    'adapters/telegram/x.ts',
    `import '../console.ts'`,
    'imports adapters/console.ts: the room adapters/telegram',
  ],
  [
    'src/bridge/turn.ts',
    `const x = await import('../coze/index.ts')`,
    'imports src/coze/index.ts: the room bridge',
  ],
  [
    'src/bridge/turn.ts',
    `type X = import('../coze/index.ts').X`,
    'imports src/coze/index.ts: the room bridge',
  ],
  ['src/bridge/turn.ts', `import '../main.ts'`, 'imports src/main.ts: the room bridge'],
  [
    'src/emulators/coze/a.ts',
    `import '../../contract/a.ts'`,
    'the room emulators/coze may import nothing but',
  ],
  [
    'src/emulators/coze/a.ts',
    `import '../telegram/index.ts'`,
    'the room emulators/coze may import nothing but',
  ],
  ['src/coze/a.test.ts', `import '../emulators/coze/store.ts'`, 'from outside, an emulator is its index.ts'],
  [
    'src/reply/pace.ts',
    `import { fetch } from 'undici'`,
    'imports the package undici: the room reply may import no package',
  ],
  ['src/net/a.ts', `import x from '@redis/client/dist/x'`, 'imports the package @redis/client'],
  [
    'src/reply/pace.ts',
    `import '../../test/support/manual-clock.ts'`,
    'code must not lean on what only tests have',
  ],
  ['src/cellar/a.ts', `import '../contract/a.ts'`, 'is in no room of the house: give cellar rules'],
  ['src/net/a.ts', `\nsetTimeout(() => {}, 1)`, 'src/net/a.ts:2 names setTimeout'],
  [
    'src/net/a.ts',
    `const at = Date.now()`,
    'names Date.now: below the roof the world is handed in; use a Clock.',
  ],
  ['src/net/a.ts', `console.error('x')`, 'names console'],
  ['src/net/a.ts', `const { HOME } = process.env`, 'names process.env'],
  ['src/net/a.ts', '\n'.repeat(301), 'src/net/a.ts has 301 lines'],
])('%s that says %s is told', (path, source, expected) => {
  const violations = plant({ [path]: source })
  expect(violations).toHaveLength(1)
  expect(violations[0]).toContain(expected)
})

test('a circle is told as the path one would walk, once', () => {
  const violations = plant({
    'src/net/a.ts': `import './b.ts'`,
    'src/net/b.ts': `import type { C } from './c.ts'`,
    'src/net/c.ts': `import './a.ts'`,
  })
  expect(violations).toEqual([
    'There is a circle of imports: src/net/a.ts → src/net/b.ts → src/net/c.ts → src/net/a.ts.',
  ])
})

test('a check that saw too little fails', () => {
  expect(judge([], 60)).toEqual([expect.stringContaining('looks in the wrong place')])
})
