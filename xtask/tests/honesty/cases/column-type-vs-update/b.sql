update items set code = trim(code);
