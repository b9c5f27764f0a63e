# Starts the real program with an empty database, for scripts that run a client against it.
# Sourced by bash scripts that `set -euo pipefail`.

# Where the server that runs is reached, and where it writes its mails.
server_address=
server_mails=

stop_server() {
    if [[ -n ${server_pid-} ]] && kill -INT "$server_pid" 2>/dev/null; then
        wait "$server_pid" || true
    fi
    server_pid=
    if [[ -n ${server_data-} ]]; then
        rm -rf "$server_data"
    fi
    server_data=
}

# start_server PROGRAM: an earlier one is stopped first.
start_server() {
    local tries
    stop_server
    trap stop_server EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    server_data=$(mktemp -d "${TMPDIR:-/tmp}/kith-client.XXXXXX")

    # The loop below may read it before the server has opened it.
    : >"$server_data/output"

    # An empty environment, so that no settings of the caller count, and any free port.
    env --ignore-environment DATA_DIR="$server_data" LISTEN_ADDR=127.0.0.1:0 \
        "$1" serve >"$server_data/output" 2>"$server_data/log" &
    server_pid=$!
    server_mails=$server_data/mails

    # The server prints its address. Then the health check waits until it is ready.
    for ((tries = 0; ; tries++)); do
        server_address=$(sed -n 's/.*(listening on \(.*\))$/\1/p' "$server_data/output")
        if [[ -n $server_address ]] && "$1" healthcheck --listen-addr "$server_address" 2>/dev/null; then
            break
        elif ((tries == 300)) || ! kill -0 "$server_pid" 2>/dev/null; then
            cat "$server_data/log" >&2
            exit 1
        fi
        sleep 0.1
    done
}

# against_server COMMAND...: runs it with the address and the folder of mails as its last
# arguments. If it fails, the log of the server tells more.
against_server() {
    if ! "$@" "http://$server_address" "$server_mails"; then
        cat "$server_data/log" >&2
        exit 1
    fi
}
