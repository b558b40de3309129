interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a label stands: its middle. */
export interface LabelPlace {
  readonly x: number;
  readonly y: number;
  readonly align: 'center';
  readonly verticalAlign: 'middle';
  /** Where there is no room at all a name is left out; the point still tells it. */
  readonly hideOverlap: true;
}

/** Between a point and its name. */
const gap = 3;

/**
 * Names beside their points, each where no name stands yet: above, else below, to the right, to the left, else further away. To be asked for
 * point after point, and to begin anew with the first.
 *
 * @param width Of the picture.
 */
export function labelPlaces(width: number): (label: { readonly dataIndex?: number; readonly rect: Box; readonly labelRect: Box }) => LabelPlace {
  let taken: Box[] = [];
  return ({ dataIndex, rect, labelRect }) => {
    if (dataIndex === 0) taken = [];
    const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2];
    const up = rect.height / 2 + gap + labelRect.height / 2;
    const aside = rect.width / 2 + gap + labelRect.width / 2;
    const places = [[x, y - up], [x, y + up], [x + aside, y], [x - aside, y], [x + aside, y - up], [x - aside, y - up], [x + aside, y + up], [x - aside, y + up], [x, y - 2 * up], [x, y + 2 * up]] as const;
    const boxAt = ([middleX, middleY]: readonly [number, number]): Box => ({ x: middleX - labelRect.width / 2, y: middleY - labelRect.height / 2, width: labelRect.width, height: labelRect.height });
    const place = places.find((each) => {
      const box = boxAt(each);
      return box.x >= 0 && box.x + box.width <= width && !taken.some((other) => isOver(box, other));
    }) ?? places[0];
    taken.push(boxAt(place));
    return { x: place[0], y: place[1], align: 'center', verticalAlign: 'middle', hideOverlap: true };
  };
}

function isOver(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
