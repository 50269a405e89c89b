// Is the Bot API server the one that was meant, and can its files be read here?
import { access, constants, stat } from 'node:fs/promises'
import type { Finding } from '../../src/contract/platform.ts'
import type { TelegramSettings } from './settings.ts'
import { fieldsOf, readString } from '../common/read.ts'

const CLOUD = 'api.telegram.org'

export function isCloud(apiRoot: string): boolean {
  return URL.parse(apiRoot)?.hostname === CLOUD
}

/** https://core.telegram.org/bots/api#using-a-local-bot-api-server */
export async function checkServer(
  account: string,
  { apiRoot, localFiles }: TelegramSettings,
): Promise<readonly Finding[]> {
  const subject = `${account} Bot API server`
  if (localFiles === undefined) {
    return isCloud(apiRoot) ? [] : [{ verdict: 'ok', subject, reason: `is your own, ${apiRoot}` }]
  }
  if (isCloud(apiRoot)) {
    return [
      {
        verdict: 'fault',
        subject,
        reason:
          'localFiles is set, but files come from api.telegram.org, which shares no disk with this machine',
        remedy:
          'Set apiRoot (TELEGRAM_API_ROOT) to your own Bot API server, started with --local; or leave localFiles (TELEGRAM_LOCAL_FILES) out.',
      },
    ]
  }
  const problem = await problemOf(localFiles)
  if (problem === undefined) {
    return [{ verdict: 'ok', subject, reason: `is your own, ${apiRoot}; its files can be read here` }]
  }
  return [
    {
      verdict: 'fault',
      subject,
      reason: `its files cannot be read here: ${problem}`,
      remedy: `Mount the server's working directory (--dir) at ${localFiles}, readable for the user the bridge runs as; or correct localFiles (TELEGRAM_LOCAL_FILES).`,
    },
  ]
}

async function problemOf(folder: string): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return `${folder} is no folder`
    await access(folder, constants.R_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `${folder} (${readString(fieldsOf(error)['code']) ?? 'unreadable'})`
  }
}
