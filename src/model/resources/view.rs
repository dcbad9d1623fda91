//! The views of the table of resources: what each of them shows of a row.
//!
//! A comment above each view shows what its callback gets, with VPCs as the example. What callbacks make of it is not
//! known here.

macro_rules! view {
    // `VpcId "vpc" "a VPC";` for each id of the form that AWS gives its own.
    (ids $callback:ident $(
        #[$doc:meta]
        $id:ident { id [$($prefix:literal)?] noun [$noun:literal] $($rest:tt)* }
    )*) => {
        $callback! { $($( $id $prefix $noun; )?)* }
    };

    // `/// The VPCs. vpcs VpcId => Vpc;` for each map of the World. The types are written as paths.
    (maps $callback:ident $(
        #[$doc:meta]
        $id:ident {
            id $prefix:tt noun $noun:tt errors $errors:tt
            $(stored [$map:ident: $type:ty] $($rest:tt)*)?
        }
    )*) => {
        $callback! { $($( #[$doc] $map $crate::model::id::$id => $type; )?)* }
    };

    // `VpcId "InvalidVpcID.Malformed" "InvalidVpcID.NotFound" "vpc" " ID";` for each id about which EC2 has errors.
    (errors $callback:ident $(
        #[$doc:meta]
        $id:ident {
            id $prefix:tt noun $noun:tt
            errors [$($malformed:literal $not_found:literal $word:literal $suffix:literal)?]
            $($rest:tt)*
        }
    )*) => {
        $callback! { $($( $id $malformed $not_found $word $suffix; )?)* }
    };

    // `VpcId vpcs Vpc own;` for each resource that the API finds without a rule of its own.
    (owned $callback:ident $(
        #[$doc:meta]
        $id:ident {
            id $prefix:tt noun $noun:tt errors $errors:tt
            $(
                stored [$map:ident: $type:ty]
                owner [$($owner:ident $($plain:ident)?)?]
                $($rest:tt)*
            )?
        }
    )*) => {
        $callback! { $($($($( $id $map ($type) $owner $plain; )?)?)?)* }
    };

    // `"vpc" VpcId vpcs own;` for each resource that has tags of its own.
    (tags $callback:ident $(
        #[$doc:meta]
        $id:ident {
            id $prefix:tt noun $noun:tt errors $errors:tt
            $(
                stored [$map:ident: $type:ty]
                owner [$($owner:ident $($plain:ident)?)?]
                tag [$($tag:literal)?]
                $($rest:tt)*
            )?
        }
    )*) => {
        $callback! { $($($( $tag $id $map $owner; )?)?)* }
    };

    // `vpcs VpcId "a VPC" it => it.label(), None;` for each resource that has a name in files, perhaps with a condition
    // after the VPC. The type is written as a path.
    (named $callback:ident $(
        #[$doc:meta]
        $id:ident {
            id $prefix:tt noun [$noun:literal] errors $errors:tt
            $(
                stored [$map:ident: $type:ty] owner $owner:tt tag $tag:tt
                named [$($it:ident => $name:expr, $vpc:expr $(, $condition:expr)?)?]
                $($rest:tt)*
            )?
        }
    )*) => {
        $callback! {
            $($($(
                $map ($crate::model::id::$id) $noun $it => $name, $vpc $(, $condition)?;
            )?)?)*
        }
    };

    // `peerings PeeringId "peerings" "peering" in_file;` for each resource that is a part of a world file.
    (file $callback:ident $(
        #[$doc:meta]
        $id:ident {
            id $prefix:tt noun $noun:tt errors $errors:tt
            $(
                stored [$map:ident: $type:ty] owner $owner:tt tag $tag:tt named $named:tt
                file [$($key:literal $seed:literal $unique:ident)?]
                $($rest:tt)*
            )?
        }
    )*) => {
        $callback! { $($($( $map $id $key $seed $unique; )?)?)* }
    };

    // `$crate::model::vpc { CreateVpc DeleteVpc }` for each module that has Changes of a resource.
    (changes $callback:ident $(
        #[$doc:meta]
        $id:ident {
            id $prefix:tt noun $noun:tt errors $errors:tt
            $(
                stored $stored:tt owner $owner:tt tag $tag:tt named $named:tt file $file:tt
                changes [$($($path:tt)::+ { $($change:ident)+ })+]
                $($rest:tt)*
            )?
        }
    )*) => {
        $callback! { $($($($($path)::+ { $($change)+ })+)?)* }
    };

    // `CreateVpc it => it.vpc.id;` for each resource that a Change makes.
    (made_by $callback:ident $(
        #[$doc:meta]
        $id:ident {
            id $prefix:tt noun $noun:tt errors $errors:tt
            $(
                stored $stored:tt owner $owner:tt tag $tag:tt named $named:tt file $file:tt
                changes $changes:tt made_by [$($change:ident $it:ident => $made:expr)?]
                $($rest:tt)*
            )?
        }
    )*) => {
        $callback! { $($($( $change $it => $made; )?)?)* }
    };

    // `"AWS::EC2::VPC" VpcId;` for each type of CloudFormation's.
    (aws $callback:ident $(
        #[$doc:meta]
        $id:ident {
            id $prefix:tt noun $noun:tt errors $errors:tt
            $(
                stored $stored:tt owner $owner:tt tag $tag:tt named $named:tt file $file:tt
                changes $changes:tt made_by $made_by:tt aws [$($kind:literal)?]
                $($rest:tt)*
            )?
        }
    )*) => {
        $callback! { $($($( $kind $id; )?)?)* }
    };

    // `"Vpcs";` for each key of a reply.
    (replies $callback:ident $(
        #[$doc:meta]
        $id:ident {
            id $prefix:tt noun $noun:tt errors $errors:tt
            $(
                stored $stored:tt owner $owner:tt tag $tag:tt named $named:tt file $file:tt
                changes $changes:tt made_by $made_by:tt aws $aws:tt reply [$($reply:literal)?]
            )?
        }
    )*) => {
        $callback! { $($($( $reply; )?)?)* }
    };
}

pub(crate) use view;
