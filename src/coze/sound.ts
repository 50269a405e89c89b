// Which bytes of sound does a piece of a reply bring?

/** Of one reply; what comes after it is left out. Ten minutes of speech are less. Our choice. */
const MAX_SOUND_BYTES = 20 * 1024 * 1024
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Decodes the pieces of one reply. Undefined: nothing in it, broken, or too much. */
export function createSoundReader(): (base64: string) => Uint8Array | undefined {
  let leftBytes = MAX_SOUND_BYTES
  return (base64) => {
    const bare = base64.replace(/=+$/, '')
    // A last letter alone is half a byte.
    if (!BASE64.test(base64) || bare.length % 4 === 1) return undefined
    const sizeBytes = Math.floor((bare.length * 3) / 4)
    if (sizeBytes > leftBytes) return undefined
    leftBytes -= sizeBytes
    return Buffer.from(base64, 'base64')
  }
}
