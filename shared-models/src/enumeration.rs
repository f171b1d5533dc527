//! Enum types: the macro that declares one, and the error for a label it does not know.

/// A label that the server has and this build does not know: a migration added it after this build was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLabel {
    /// The enum type, such as `order_status`.
    pub sql_type: &'static str,
    /// The label that was read.
    pub label: String,
}

impl std::fmt::Display for UnknownLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "this build knows no `{}` of type {}",
            self.label, self.sql_type
        )
    }
}

impl std::error::Error for UnknownLabel {}

/// Declares a Rust enum for an enum type of PostgreSQL, its variants in the order of the labels.
///
/// Written out, because what `postgres-types` derives by default refuses the whole type once the server has a label
/// more than the build: a migration that adds one would break every program that runs at that moment. Here only
/// reading that very label fails, with [`UnknownLabel`].
macro_rules! enumeration {
    (
        $(#[$doc:meta])+
        $sql_type:literal => $name:ident {
            $( $(#[$variant_doc:meta])+ $variant:ident = $label:literal, )+
        }
    ) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$variant_doc])+ $variant, )+
        }

        impl $name {
            /// The label in PostgreSQL.
            pub fn label(self) -> &'static str {
                match self {
                    $( $name::$variant => $label, )+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownLabel;

            fn from_str(label: &str) -> Result<Self, Self::Err> {
                match label {
                    $( $label => Ok($name::$variant), )+
                    _ => Err($crate::UnknownLabel { sql_type: $sql_type, label: label.to_owned() }),
                }
            }
        }

        impl $crate::ColumnType for $name {
            const SQL_TYPE: &'static str = $sql_type;
            const LABELS: &'static [&'static str] = &[$( $label, )+];
        }

        impl<'a> ::postgres::types::FromSql<'a> for $name {
            fn from_sql(
                _: &::postgres::types::Type,
                raw: &'a [u8],
            ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                Ok(std::str::from_utf8(raw)?.parse()?)
            }

            fn accepts(sql_type: &::postgres::types::Type) -> bool {
                $crate::enumeration::is_enum(sql_type, $sql_type)
            }
        }

        impl ::postgres::types::ToSql for $name {
            fn to_sql(
                &self,
                _: &::postgres::types::Type,
                out: &mut ::bytes::BytesMut,
            ) -> Result<::postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
                out.extend_from_slice(self.label().as_bytes());
                Ok(::postgres::types::IsNull::No)
            }

            fn accepts(sql_type: &::postgres::types::Type) -> bool {
                $crate::enumeration::is_enum(sql_type, $sql_type)
            }

            ::postgres::types::to_sql_checked!();
        }
    };
}

pub(crate) use enumeration;

/// Whether the server's type is the enum type `name`, whatever labels it has.
pub(crate) fn is_enum(sql_type: &postgres::types::Type, name: &str) -> bool {
    sql_type.name() == name && matches!(sql_type.kind(), postgres::types::Kind::Enum(_))
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use postgres::types::{FromSql, Kind, ToSql, Type};

    use crate::core::UserRole;
    use crate::{ColumnType, UnknownLabel};

    /// The server's enum type `name`.
    fn server_type(name: &str, labels: &[&str]) -> Type {
        let labels = labels.iter().map(ToString::to_string).collect();
        Type::new(
            name.to_owned(),
            16_384,
            Kind::Enum(labels),
            "public".to_owned(),
        )
    }

    #[test]
    fn every_label_survives_the_way_to_the_server_and_back() {
        let sql_type = server_type("user_role", UserRole::LABELS);
        for role in [UserRole::Owner, UserRole::Buyer, UserRole::Viewer] {
            let mut sent = BytesMut::new();
            role.to_sql_checked(&sql_type, &mut sent).unwrap();
            assert_eq!(sent, role.label().as_bytes());
            assert_eq!(UserRole::from_sql(&sql_type, &sent).unwrap(), role);
        }
        assert_eq!(UserRole::LABELS, ["owner", "buyer", "viewer"]);
    }

    #[test]
    fn a_label_added_later_fails_alone() {
        let sql_type = server_type("user_role", &["owner", "auditor", "buyer", "viewer"]);
        assert!(<UserRole as FromSql<'_>>::accepts(&sql_type));
        assert_eq!(
            UserRole::from_sql(&sql_type, b"buyer").unwrap(),
            UserRole::Buyer
        );

        let error = UserRole::from_sql(&sql_type, b"auditor").unwrap_err();
        assert_eq!(
            error.to_string(),
            "this build knows no `auditor` of type user_role"
        );
        assert!(error.is::<UnknownLabel>());
    }

    #[test]
    fn no_other_type_is_accepted() {
        let other = server_type("account_role", UserRole::LABELS);
        assert!(!<UserRole as FromSql<'_>>::accepts(&other));
        assert!(!<UserRole as ToSql>::accepts(&Type::TEXT));
    }
}
