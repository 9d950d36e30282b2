//! What every path has in common, written into the description once: the token, the header fields of a change, and
//! the problems that any request may be answered with.

use utoipa::Modify;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, Object, OpenApi, Ref, RefOr, Required, ResponseBuilder, Type,
};

pub struct Common;

impl Modify for Common {
    fn modify(&self, doc: &mut OpenApi) {
        let components = doc.components.get_or_insert_with(Default::default);
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
        for (path, item) in &mut doc.paths.paths {
            // Probes and descriptions are for machines that nobody gave a token.
            if !path.starts_with("/api/") {
                continue;
            }
            for read in [&mut item.get].into_iter().flatten() {
                needs_a_token(read);
                names_what_it_is_about(read, path);
                if read.parameters.iter().flatten().any(is_asked) {
                    problem(read, "422", "A value that is not one of the known ones");
                }
            }
            for change in [&mut item.put, &mut item.post].into_iter().flatten() {
                needs_a_token(change);
                names_what_it_is_about(change, path);
                is_a_change(change, path);
            }
        }
    }
}

fn needs_a_token(operation: &mut Operation) {
    let token = SecurityRequirement::new::<_, [&str; 0], &str>("token", []);
    operation.security = Some(vec![token]);
    problem(operation, "400", "It cannot be read");
    problem(operation, "401", "No token, or one that is not good");
}

/// Every `{name}` of a path is a parameter that must be there, and may name nothing.
fn names_what_it_is_about(operation: &mut Operation, path: &str) {
    let named: Vec<&str> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .collect();
    for name in &named {
        let parameter = ParameterBuilder::new()
            .name(*name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(Object::with_type(Type::String)))
            .build();
        operation
            .parameters
            .get_or_insert_default()
            .push(RefOr::T(parameter));
    }
    if !named.is_empty() {
        problem(operation, "404", "There is no such thing");
    }
}

fn is_asked(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(one) if one.parameter_in == ParameterIn::Query)
}

fn is_a_change(operation: &mut Operation, path: &str) {
    let parameters = operation.parameters.get_or_insert_default();
    // A drill cannot be directed tentatively, and of its orders only an inject is not harmless when it comes twice.
    let directs = path.starts_with("/api/v1/drill");
    if !directs {
        parameters.push(parameter(
            "dry_run",
            ParameterIn::Query,
            Type::Boolean,
            "Make the change, answer, and take it back",
        ));
    }
    if !directs || path.ends_with("/inject") {
        parameters.push(parameter(
            "Idempotency-Key",
            ParameterIn::Header,
            Type::String,
            "The same request with the same key is done once and answered the same again",
        ));
    }
    problem(operation, "403", "Not this person's to do");
    problem(operation, "409", "It is not in a state for that");
    problem(operation, "413", "The body is larger than 1 MiB");
    problem(operation, "415", "The body is no JSON");
    problem(
        operation,
        "422",
        "A field that cannot be used, or a key of another request",
    );
    problem(operation, "429", "Too many dry runs of this person");
}

fn parameter(name: &str, place: ParameterIn, kind: Type, what: &str) -> RefOr<Parameter> {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .description(Some(what))
        .schema(Some(Object::with_type(kind)));
    RefOr::T(parameter.build())
}

fn problem(operation: &mut Operation, status: &str, what: &str) {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let response = ResponseBuilder::new()
        .description(what)
        .content("application/problem+json", content)
        .build();
    operation
        .responses
        .responses
        .entry(status.to_owned())
        .or_insert(RefOr::T(response));
}
