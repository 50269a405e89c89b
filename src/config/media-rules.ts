// What do the settings about files and sound need of each other, and of Coze?

import { fault } from './issues.ts'
import type { PathFault } from './issues.ts'
import type { FileConfig } from './schema.ts'
import type { Path } from './source.ts'

export function mediaFaults({ routes, media }: FileConfig): readonly PathFault[] {
  return [
    ...routes.flatMap((route, i) => voiceFaults(route, ['routes', i, 'voice', 'voice'])),
    ...media.allowHosts.flatMap((host, i) => hostFaults(host, ['media', 'allowHosts', i])),
  ]
}

/** What works, but may surprise the owner. */
export function mediaWarnings({ coze, routes }: FileConfig): readonly string[] {
  if (coze.flavor !== 'studio') return []
  const hears = routes.length === 0 || routes.some(({ voice }) => voice.input === 'transcribe')
  return [
    ...(hears
      ? [
          'Coze Studio has no transcription: voice messages are passed to the agent as files (voice.input: file says the same).',
        ]
      : []),
    ...(routes.some(isSpoken)
      ? ['Coze Studio has no speech: voice.replies and controls.listen have nothing to say.']
      : []),
  ]
}

type RouteConfig = FileConfig['routes'][number]

function isSpoken({ voice, controls }: RouteConfig): boolean {
  return voice.replies !== 'never' || controls.listen
}

function voiceFaults(route: RouteConfig, at: Path): readonly PathFault[] {
  if (!isSpoken(route) || route.voice.voice !== undefined) return []
  const [wish, otherwise] =
    route.voice.replies === 'never'
      ? ['controls.listen: true', 'controls.listen: false']
      : [`replies: ${route.voice.replies}`, 'replies: never']
  return [
    fault(
      at,
      `is needed for ${wish}: it says whose voice speaks`,
      `Put in voice: { voice: "<id of a voice in Coze>" }, or set ${otherwise}.`,
      'key',
    ),
  ]
}

/** A name or an IPv4 address, or an IPv6 address in brackets; with a port or without. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i

function hostFaults(host: string, at: Path): readonly PathFault[] {
  const port = HOST.exec(host)?.[1]
  const isOne = HOST.test(host) && (port === undefined || isPort(Number(port)))
  if (isOne && URL.canParse(`http://${host}`)) return []
  const meant = hostIn(host)
  return [
    fault(
      at,
      `"${shown(host)}" is no host`,
      meant === undefined
        ? 'Write name or name:port, as in minio.internal:9000: no http://, no path, no pattern.'
        : `Write ${meant}: only the name and the port, no http:// and no path.`,
    ),
  ]
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535
}

/** What stands between `//` and the path, where that is a host. */
function hostIn(text: string): string | undefined {
  if (/[?*@\s]/.test(text)) return undefined
  const host = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/\/.*$/, '')
  return host !== text && HOST.test(host) ? host : undefined
}

/** Without what may stand before an `@`: it could be a password. */
function shown(host: string): string {
  return host.replace(/[^/]*@/, '…@')
}
