//! A page of a PDF file, for the drawing library to draw on.

use crate::letters::{self, RAISED_SIZE, lowered};
use crate::style::PX;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontTransform,
};
use std::convert::Infallible;

/// Points of a unit: a pixel has three quarters of one.
const POINTS: f64 = 0.75 / PX as f64;

/// Heights of Helvetica's capitals, and of raised digits over the line, share of the size.
const CAPITALS: f64 = 0.72;
const RAISE: f64 = 0.35;

/// Control points of a quarter of a circle, share of its radius.
const QUARTER: f64 = 0.552_284_75;

const FONT: Name = Name(b"F");

pub(crate) struct Page<'a> {
    size: (u32, u32),
    content: Content,
    bytes: &'a mut Vec<u8>,
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> Page<'a> {
    /// `bytes` gets the file once all is drawn.
    pub fn new(size: (u32, u32), bytes: &'a mut Vec<u8>) -> Self {
        let content = Content::new();
        Self {
            size,
            content,
            bytes,
        }
    }

    fn x(&self, x: f64) -> f32 {
        (x * POINTS) as f32
    }

    /// PDF counts from the foot.
    fn y(&self, y: f64) -> f32 {
        ((f64::from(self.size.1) - y) * POINTS) as f32
    }

    fn place(&self, (x, y): BackendCoord) -> (f32, f32) {
        (self.x(f64::from(x)), self.y(f64::from(y)))
    }

    fn stroke(&mut self, style: &impl BackendStyle) {
        let [r, g, b] = on_white(style.color());
        self.content.set_stroke_rgb(r, g, b);
        let width = (f64::from(style.stroke_width()) * POINTS) as f32;
        self.content.set_line_width(width);
    }

    fn fill(&mut self, color: BackendColor) {
        let [r, g, b] = on_white(color);
        self.content.set_fill_rgb(r, g, b);
    }

    /// Pieces of a line through points; whether there are any.
    fn path(&mut self, points: impl IntoIterator<Item = BackendCoord>) -> bool {
        let mut points = points
            .into_iter()
            .map(|p| self.place(p))
            .collect::<Vec<_>>()
            .into_iter();
        let Some((x, y)) = points.next() else {
            return false;
        };
        self.content.move_to(x, y);
        for (x, y) in points {
            self.content.line_to(x, y);
        }
        true
    }

    /// A line of text that begins at a place, turned by quarters of a circle.
    fn show(&mut self, text: &str, size: f64, (x, y): (f64, f64), (cos, sin): (f32, f32)) {
        let mut along = 0.0;
        for (raised, piece) in pieces(text) {
            let (size, lift) = match raised {
                true => (RAISED_SIZE * size, RAISE * size),
                false => (size, 0.0),
            };
            let (right, up) = (along, lift);
            let at_x = x + right * f64::from(cos) - up * f64::from(sin);
            let at_y = y - right * f64::from(sin) - up * f64::from(cos);
            let (at_x, at_y) = (self.x(at_x), self.y(at_y));
            self.content.begin_text();
            self.content.set_font(FONT, (size * POINTS) as f32);
            self.content
                .set_text_matrix([cos, sin, -sin, cos, at_x, at_y]);
            self.content.show(Str(&encoded(&piece)));
            self.content.end_text();
            along += letters::width(&piece, size);
        }
    }

    fn finish(&mut self) {
        let mut pdf = Pdf::new();
        let [catalog, pages, page, font, content] = [1, 2, 3, 4, 5].map(Ref::new);
        pdf.catalog(catalog).pages(pages);
        pdf.pages(pages).kids([page]).count(1);
        let (width, height) = (
            self.x(f64::from(self.size.0)),
            self.x(f64::from(self.size.1)),
        );
        let mut sheet = pdf.page(page);
        sheet.media_box(Rect::new(0.0, 0.0, width, height));
        sheet.parent(pages).contents(content);
        sheet.resources().fonts().pair(FONT, font);
        sheet.finish();
        pdf.type1_font(font)
            .base_font(Name(b"Helvetica"))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
        let drawn = std::mem::replace(&mut self.content, Content::new());
        pdf.stream(content, &drawn.finish());
        *self.bytes = pdf.finish();
    }
}

/// What an opaque colour gives on white: the page has no transparency.
fn on_white(color: BackendColor) -> [f32; 3] {
    let (r, g, b) = color.rgb;
    [r, g, b].map(|part| (1.0 - color.alpha * (1.0 - f64::from(part) / 255.0)) as f32)
}

/// A text in pieces on and above the line; raised digits become digits.
fn pieces(text: &str) -> Vec<(bool, String)> {
    let mut pieces: Vec<(bool, String)> = Vec::new();
    for letter in text.chars() {
        let (raised, letter) = match lowered(letter) {
            Some(low) => (true, low),
            None => (false, letter),
        };
        match pieces.last_mut() {
            Some((same, piece)) if *same == raised => piece.push(letter),
            _ => pieces.push((raised, letter.into())),
        }
    }
    pieces
}

/// Letters in the encoding of the font; those that it has not are question marks.
fn encoded(text: &str) -> Vec<u8> {
    let code = |letter: char| match letter {
        'μ' => 0xb5,
        '–' => 0x96,
        ' '..='~' | '\u{a1}'..='\u{ff}' => letter as u8,
        _ => b'?',
    };
    text.chars().map(code).collect()
}

impl DrawingBackend for Page<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        if self.bytes.is_empty() {
            self.finish();
        }
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Done {
        let (x, y) = self.place(point);
        self.fill(color);
        let side = POINTS as f32;
        self.content.rect(x, y, side, side).fill_nonzero();
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        match fill {
            true => self.fill_polygon(corners, style),
            false => self.draw_path(corners.into_iter().chain([(left, top)]), style),
        }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        if style.color().alpha > 0.0 {
            self.stroke(style);
            if self.path(path) {
                self.content.stroke();
            }
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Done {
        if style.color().alpha == 0.0 {
            return Ok(());
        }
        let (x, y) = self.place(center);
        let r = (f64::from(radius) * POINTS) as f32;
        let k = r * QUARTER as f32;
        self.fill(style.color());
        self.stroke(style);
        self.content.move_to(x + r, y);
        self.content.cubic_to(x + r, y + k, x + k, y + r, x, y + r);
        self.content.cubic_to(x - k, y + r, x - r, y + k, x - r, y);
        self.content.cubic_to(x - r, y - k, x - k, y - r, x, y - r);
        self.content.cubic_to(x + k, y - r, x + r, y - k, x + r, y);
        match fill {
            true => self.content.fill_nonzero(),
            false => self.content.stroke(),
        };
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Done {
        if style.color().alpha > 0.0 {
            self.fill(style.color());
            if self.path(vert) {
                self.content.fill_nonzero();
            }
        }
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        (x, y): BackendCoord,
    ) -> Done {
        if style.color().alpha == 0.0 {
            return Ok(());
        }
        let size = style.size();
        let anchor = style.anchor();
        let back = match anchor.h_pos {
            HPos::Left => 0.0,
            HPos::Center => 0.5,
            HPos::Right => 1.0,
        };
        let down = match anchor.v_pos {
            VPos::Top => 1.0,
            VPos::Center => 0.5,
            VPos::Bottom => 0.0,
        };
        // Cosine and sine of the turn against the clock; the library counts with it.
        let (cos, sin): (f64, f64) = match style.transform() {
            FontTransform::Rotate90 => (0.0, -1.0),
            FontTransform::Rotate180 => (-1.0, 0.0),
            FontTransform::Rotate270 => (0.0, 1.0),
            _ => (1.0, 0.0),
        };
        let left = -back * letters::width(text, size);
        let below = down * CAPITALS * size;
        let place = (
            f64::from(x) + left * cos + below * sin,
            f64::from(y) - left * sin + below * cos,
        );
        self.fill(style.color());
        self.show(text, size, place, (cos as f32, sin as f32));
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let width = letters::width(text, style.size()).ceil() as u32;
        Ok((width, style.size().ceil() as u32))
    }
}
