import { shape, widthOf, type Cluster } from './shape.ts';
import type { Weight } from './font-face.ts';

export type TextStyle = { readonly size: number; readonly weight: Weight };
export type Line = readonly Cluster[];

const isBlank = (cluster: Cluster | undefined): boolean => cluster?.text === ' ';

/** How many clusters from `start` fit; at least one, so that no width can stall the loop. */
const countFitting = (clusters: readonly Cluster[], start: number, room: number): number => {
  let used = 0;
  let end = start;
  while (end < clusters.length && (end === start || used + (clusters[end]?.width ?? 0) <= room)) {
    used += clusters[end]?.width ?? 0;
    end += 1;
  }
  return end - start;
};

/** The last blank within reach, or the whole reach when a word is longer than the line. */
const breakAt = (clusters: readonly Cluster[], start: number, count: number): number => {
  const end = start + count;
  if (end >= clusters.length) return end;
  for (let i = end; i > start; i -= 1) if (isBlank(clusters[i])) return i;
  return end;
};

const trimEnd = (line: Line): Line => line.slice(0, line.findLastIndex((cluster) => !isBlank(cluster)) + 1);

const withEllipsis = (line: Line, room: number, style: TextStyle): Line => {
  const ellipsis = shape('…', style.weight);
  const space = room - widthOf(ellipsis, 1000);
  return [...trimEnd(line.slice(0, countFitting(line, 0, space))), ...ellipsis];
};

/**
 * Breaks text at blanks, and words longer than a line anywhere between clusters. Text beyond `maxLines` is cut with
 * an ellipsis. Text without anything to print has no lines.
 */
export const breakLines = (text: string, width: number, style: TextStyle, maxLines: number): Line[] => {
  const clusters = shape(text.trim(), style.weight);
  const room = (width * 1000) / style.size;
  const lines: Line[] = [];
  let start = 0;
  while (start < clusters.length) {
    const end = breakAt(clusters, start, countFitting(clusters, start, room));
    const line = trimEnd(clusters.slice(start, end));
    if (lines.length === maxLines - 1 && end < clusters.length) return [...lines, withEllipsis(line, room, style)];
    lines.push(line);
    start = end;
    while (start < clusters.length && isBlank(clusters[start])) start += 1;
  }
  return lines;
};
