//! Renders a piece of a template: its partials are woven in, its names are pointed at the context, and Handlebars does
//! the rest, strictly and into a writer that stops in time.

use std::io::{self, Write};

use handlebars::template::{
    HelperTemplate, Parameter, Subexpression, Template as Parsed, TemplateElement,
};
use handlebars::{Context, Handlebars, Path, no_escape};

use super::library::Library;
use super::names::{Name, Names, Role};
use super::tree::{Node, node};
use crate::domain::phrase::{Phrase, phrase};

/// The longest text one release may have, all fields together, in bytes.
pub const MAX_OUTPUT: usize = 256 * 1024;
/// The most elements a piece may have once its partials are woven in.
const MAX_ELEMENTS: usize = 20_000;

/// `parsed` rendered with `data`, in at most `limit` bytes.
///
/// # Errors
/// Why there is no text, for the person who looks after the template.
pub fn weave(
    parsed: &Parsed,
    library: &Library,
    names: Names<'_>,
    data: &Context,
    limit: usize,
) -> Result<String, Phrase> {
    let mut weaver = Weaver {
        library,
        names,
        elements: 0,
    };
    let woven = weaver.template(parsed, None)?;
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(no_escape);
    engine.register_template(PIECE, woven);
    let mut out = Bounded {
        text: Vec::new(),
        limit,
        full: false,
    };
    let done = engine.render_with_context_to_write(PIECE, data, &mut out);
    if out.full {
        return Err(phrase!("template.longer", most = MAX_OUTPUT / 1024));
    }
    done.map_err(|e| Phrase::verbatim(e.reason().to_string()))?;
    String::from_utf8(out.text).map_err(|e| Phrase::verbatim(e.to_string()))
}

const PIECE: &str = "piece";

struct Weaver<'a> {
    library: &'a Library,
    names: Names<'a>,
    elements: usize,
}

impl Weaver<'_> {
    fn template(&mut self, parsed: &Parsed, each: Option<&str>) -> Result<Parsed, Phrase> {
        let mut out = Parsed::new();
        for element in &parsed.elements {
            self.elements += 1;
            if self.elements > MAX_ELEMENTS {
                return Err(phrase!("template.too-many-partials"));
            }
            match node(element)? {
                Node::Words(_) | Node::Comment => out.elements.push(element.clone()),
                Node::Print(path) => out.elements.push(self.print(path, each)?),
                Node::Partial(name) => {
                    let body = self.library.get(name).and_then(|template| template.body());
                    let body = body.ok_or_else(|| phrase!("template.unknown-partial", name))?;
                    out.elements
                        .extend(self.template(&body.parsed, each)?.elements);
                }
                Node::If { .. } | Node::Each { .. } => {
                    if let TemplateElement::HelperBlock(block) = element {
                        let block = self.block(block, each)?;
                        out.elements
                            .push(TemplateElement::HelperBlock(Box::new(block)));
                    }
                }
            }
        }
        Ok(out)
    }

    fn print(&self, path: &str, each: Option<&str>) -> Result<TemplateElement, Phrase> {
        let target = self.point(path, each, Role::Print, "print")?;
        // An expression of one name has the very form of a subexpression without arguments.
        Ok(*Subexpression::new(target, Vec::new(), Default::default()).element)
    }

    fn block(
        &mut self,
        block: &HelperTemplate,
        each: Option<&str>,
    ) -> Result<HelperTemplate, Phrase> {
        let mut out = block.clone();
        let is_loop = block.name.as_name() == Some("each");
        let mut within = each;
        for parameter in &mut out.params {
            *parameter = if is_loop {
                self.point_of(parameter, each, Role::Loop, "rows")?
            } else {
                self.condition(parameter, each, "given")?
            };
        }
        if is_loop {
            within = block.params.first().and_then(Parameter::as_name);
        }
        out.template = block
            .template
            .as_ref()
            .map(|t| self.template(t, within))
            .transpose()?;
        out.inverse = block
            .inverse
            .as_ref()
            .map(|t| self.template(t, each))
            .transpose()?;
        Ok(out)
    }

    fn condition(
        &self,
        parameter: &Parameter,
        each: Option<&str>,
        tree: &str,
    ) -> Result<Parameter, Phrase> {
        let Parameter::Subexpression(inner) = parameter else {
            return match parameter {
                Parameter::Literal(_) => Ok(parameter.clone()),
                _ => self.point_of(parameter, each, Role::Test, tree),
            };
        };
        let name = inner.name().to_owned();
        let tree = if matches!(name.as_str(), "eq" | "ne") {
            "raw"
        } else {
            tree
        };
        let params = inner.params().into_iter().flatten();
        let params = params
            .map(|p| self.condition(p, each, tree))
            .collect::<Result<_, _>>()?;
        Ok(Parameter::Subexpression(Subexpression::new(
            Parameter::Name(name),
            params,
            Default::default(),
        )))
    }

    fn point_of(
        &self,
        parameter: &Parameter,
        each: Option<&str>,
        role: Role,
        tree: &str,
    ) -> Result<Parameter, Phrase> {
        let path = parameter
            .as_name()
            .ok_or_else(|| phrase!("template.not-a-name"))?;
        self.point(path, each, role, tree)
    }

    /// Where in the context (`tree` of it) the value behind `path` lies.
    fn point(
        &self,
        path: &str,
        each: Option<&str>,
        role: Role,
        tree: &str,
    ) -> Result<Parameter, Phrase> {
        let target = match self.names.resolve(path, each, role)? {
            Name::Fact { spec, facet } => format!("@root.{tree}.[{}{}]", spec.fact, facet.suffix()),
            Name::System(name) => format!("@root.{tree}.[{}]", name.path),
            Name::Column { column, .. } => format!("{tree}.[{}]", column.column),
            Name::RowNumber => "number".to_owned(),
            Name::RowEdge(edge) => edge.to_owned(),
        };
        Path::parse(&target)
            .map(Parameter::Path)
            .map_err(|e| Phrase::verbatim(e.to_string()))
    }
}

/// Takes so many bytes and no more.
struct Bounded {
    text: Vec<u8>,
    limit: usize,
    full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() + bytes.len() > self.limit {
            self.full = true;
            return Err(io::Error::other("the text is too long"));
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
