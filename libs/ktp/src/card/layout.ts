/**
 * The card's own frame, in which everything is placed after rectification. Positions are a prior, measured on
 * the official drawing: rows are found by their labels first.
 */
export const CARD_WIDTH = 686;
export const CARD_HEIGHT = 447;

/** Left edge of the row labels. */
export const LABEL_X = 38;
/** Left edge of the labels below the address. */
export const INDENTED_LABEL_X = 77;
/** Left edge of the colons in front of the values. */
export const COLON_X = 191;
/** Left edge of the values. */
export const VALUE_X = 200;
/** Nothing but the photo is to the right of here. */
export const PHOTO_X = 500;
/** Distance between two rows. */
export const ROW_PITCH = 20.9;
/** Centre of the row `Nama`. */
export const FIRST_ROW_Y = 126.5;
/** Centre of the NIK, and where its digits begin and end. */
export const NIK_ROW = { y: 87, left: 182, right: 482 } as const;
/** Centres of the two header lines. */
export const HEADER = { x: 370, provinceY: 28, regencyY: 50 } as const;
/** Centres of place and date of issue. */
export const ISSUE = { x: 586, placeY: 309, dateY: 326 } as const;
