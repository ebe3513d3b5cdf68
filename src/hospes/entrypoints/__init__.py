"""Where everything is put together and started; the only package that knows every module."""
