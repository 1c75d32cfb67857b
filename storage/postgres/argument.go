package postgres

import (
	"encoding/binary"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// format says in which form an argument is sent.
func format(oid uint32) int16 {
	switch oid {
	case pgtype.Int8OID, pgtype.BoolOID, pgtype.TimestamptzOID, pgtype.UUIDOID, pgtype.ByteaOID:
		return pgx.BinaryFormatCode
	}
	return pgx.TextFormatCode
}

// appendArgument appends an argument that is not nil.
func appendArgument(out []byte, oid uint32, arg any) ([]byte, bool) {
	switch x := arg.(type) {
	case string:
		switch {
		case oid == pgtype.UUIDOID:
			id, err := uuid.Parse(x)
			return append(out, id[:]...), err == nil
		case format(oid) != pgx.TextFormatCode:
			return out, false
		}
		return append(out, x...), true
	case []byte:
		if oid != pgtype.ByteaOID || x == nil {
			return out, false
		}
		return append(out, x...), true
	case int64:
		if oid != pgtype.Int8OID {
			return out, false
		}
		return binary.BigEndian.AppendUint64(out, uint64(x)), true
	case bool:
		if oid != pgtype.BoolOID {
			return out, false
		}
		if x {
			return append(out, 1), true
		}
		return append(out, 0), true
	case time.Time:
		if oid != pgtype.TimestamptzOID {
			return out, false
		}
		return binary.BigEndian.AppendUint64(out, uint64(x.UnixMicro()-epochMicros)), true
	}
	return out, false
}

// epochMicros is where PostgreSQL counts time from, 2000-01-01.
const epochMicros = 946_684_800_000_000
