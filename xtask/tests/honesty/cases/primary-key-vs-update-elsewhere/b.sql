update items set code = upper(code);
