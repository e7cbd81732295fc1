trap "echo X" EXIT; f() { exit 3; }; f > out
