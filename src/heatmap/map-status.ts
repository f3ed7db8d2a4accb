/** What becomes of a heat map: its sentence, and whether it has a keypoint, a loss and a gradient. */
export const mapSentences = {
  ok: { defined: true, sentence: "The map has a keypoint." },
  flat: {
    defined: true,
    sentence:
      "All cells are equal: the keypoint is the middle of the map, whatever the image; its gradient is a gradient.",
  },
  outside: {
    defined: false,
    sentence: "The keypoint lies outside the map: its target is left empty.",
  },
  "not-finite": {
    defined: false,
    sentence: "A cell is NaN or infinite, or every logit is −∞: there is no map.",
  },
  massless: {
    defined: false,
    sentence: "The cells do not sum to a positive number: the map has no centre of mass.",
  },
} as const;

export type MapStatus = keyof typeof mapSentences;

/** Whether all cells [n] are equal, of which there are several. */
export function isFlat(map: Float64Array): boolean {
  for (let i = 1; i < map.length; i++) if (map[i] !== map[0]) return false;
  return map.length > 1;
}
