// Does the command line explain itself, and end with numbers that a script can go by?

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coze-bridge-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function run(...args: readonly string[]) {
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
  const env = { PATH: process.env['PATH'], HOME: folder }
  return await new Promise<{ code: number | null; out: string; errors: string }>((resolve) => {
    const child = execFile(process.execPath, [cli, ...args], { cwd: folder, env }, (_, out, errors) =>
      resolve({ code: child.exitCode, out, errors }),
    )
  })
}

const COMMANDS = [
  'init',
  'login',
  'doctor',
  'config',
  'schema',
  'start',
  'playground',
  'chat',
  'commands',
  'pair',
]

describe('the command line', () => {
  test('--help names every command, the numbers it ends with, and what to do first', async () => {
    const { code, out, errors } = await run('--help')
    expect([code, errors]).toEqual([0, ''])
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'))
    for (const line of [
      /^ {2}0 +done/m,
      /^ {2}1 +something is wrong/m,
      /^ {2}2 +it was asked/m,
      /^ {2}130 +interrupted/m,
    ])
      expect(out).toMatch(line)
    expect(out).toContain('npm run playground')
    expect(out).not.toContain('\u001B')
  })

  test('without a command it says the same, and that this was no use', async () => {
    const { code, errors } = await run()
    expect([code, errors]).toEqual([2, expect.stringContaining('Usage: coze-bridge')])
  })

  test('each command explains itself, with examples', async () => {
    for (const command of COMMANDS) {
      const { code, out } = await run(command, '--help')
      expect([command, code]).toEqual([command, 0])
      expect(out, command).toContain('Examples:\n  $ ')
      expect(out, command).toContain('--config <path>')
    }
    expect((await run('help', 'pair')).out).toBe((await run('pair', '--help')).out)
  })

  test('--version is that of the package', async () => {
    expect(await run('--version')).toEqual({ code: 0, out: `${manifest.version}\n`, errors: '' })
  })

  test('a word that was nearly right is guessed, also an option; both are misuse', async () => {
    const command = await run('strat')
    expect([command.code, command.errors]).toEqual([2, expect.stringContaining('Did you mean start?')])
    const option = await run('doctor', '--jsn')
    expect([option.code, option.errors]).toEqual([2, expect.stringContaining('Did you mean --json?')])
    const choice = await run('init', '--lang', 'fr')
    expect([choice.code, choice.errors]).toEqual([2, expect.stringContaining('en, zh-CN')])
  })

  test('a configuration that cannot be read is misuse, with every fault; nothing on stdout', async () => {
    const { code, out, errors } = await run('-c', 'nowhere.yaml', 'config')
    expect([code, out]).toEqual([2, ''])
    expect(errors).toContain('nowhere.yaml')
    expect((await run('start')).code).toBe(2)
  })
})
