/** Every reader of a stream folds all of its events: without a limit, one customer could slow down all others. */
export const MOST_DETAIL_CHANGES = 500;

/** How often notes, meta data and the like were changed or added. */
export type DetailChanges = { readonly detail_changes: number };

export const isChangedTooOften = ({ detail_changes }: DetailChanges): boolean => detail_changes >= MOST_DETAIL_CHANGES;

export const changedOnceMore = ({ detail_changes }: DetailChanges): DetailChanges => ({
  detail_changes: detail_changes + 1,
});
