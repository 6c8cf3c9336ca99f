//! What is asked of the catalogue and of the server itself.

/// Version, edition, database, whether it allows snapshot isolation, whether readers see versions, default schema.
pub(crate) const SERVER: &str = "SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), \
    CAST(SERVERPROPERTY('Edition') AS nvarchar(128)), d.name, d.snapshot_isolation_state, \
    d.is_read_committed_snapshot_on, SCHEMA_NAME() FROM sys.databases AS d WHERE d.database_id = DB_ID()";

/// Schema, name, type, comment, rows, partitions.
pub(crate) const TABLES: &str = "SELECT s.name, o.name, o.type, CAST(p.value AS nvarchar(4000)), \
    (SELECT SUM(r.rows) FROM sys.partitions AS r WHERE r.object_id = o.object_id AND r.index_id IN (0, 1)), \
    (SELECT COUNT(*) FROM sys.partitions AS r WHERE r.object_id = o.object_id AND r.index_id IN (0, 1)) \
    FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
    LEFT JOIN sys.extended_properties AS p ON p.class = 1 AND p.major_id = o.object_id AND p.minor_id = 0 \
    AND p.name = N'MS_Description' \
    WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0";
/// Its order.
pub(crate) const TABLES_ORDER: &str = " ORDER BY s.name, o.name";

/// Schema, table, name, system type, bytes, digits, digits behind the point, NULL, computed, collation, comment,
/// whether the account may read it.
pub(crate) const COLUMNS: &str = "SELECT s.name, o.name, c.name, COALESCE(b.name, y.name), c.max_length, c.precision, \
    c.scale, c.is_nullable, c.is_computed, c.collation_name, CAST(p.value AS nvarchar(4000)), \
    HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(o.name), 'OBJECT', 'SELECT', c.name, 'COLUMN') \
    FROM sys.columns AS c JOIN sys.objects AS o ON o.object_id = c.object_id \
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
    JOIN sys.types AS y ON y.user_type_id = c.user_type_id \
    LEFT JOIN sys.types AS b ON b.user_type_id = c.system_type_id \
    LEFT JOIN sys.extended_properties AS p ON p.class = 1 AND p.major_id = c.object_id AND p.minor_id = c.column_id \
    AND p.name = N'MS_Description' \
    WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0";
/// Its order.
pub(crate) const COLUMNS_ORDER: &str = " ORDER BY s.name, o.name, c.column_id";

/// Schema, table, index, column, whether it is the primary key, whether the column may be NULL. An index on a part of
/// the rows makes no key.
pub(crate) const KEYS: &str = "SELECT s.name, o.name, i.name, c.name, i.is_primary_key, c.is_nullable \
    FROM sys.indexes AS i JOIN sys.objects AS o ON o.object_id = i.object_id \
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
    JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0 \
    JOIN sys.columns AS c ON c.object_id = i.object_id AND c.column_id = k.column_id \
    WHERE i.is_unique = 1 AND i.has_filter = 0 AND i.is_disabled = 0 AND i.is_hypothetical = 0 \
    AND o.type IN ('U', 'V') AND o.is_ms_shipped = 0";
/// Its order.
pub(crate) const KEYS_ORDER: &str =
    " ORDER BY s.name, o.name, i.is_primary_key DESC, i.index_id, k.key_ordinal";

/// One relation only.
pub(crate) const ONE: &str = " AND s.name = @P1 AND o.name = @P2";

/// The account, whether it may do everything at the server, whether it owns the database.
pub(crate) const ACCOUNT: &str = "SELECT SUSER_SNAME(), IS_SRVROLEMEMBER('sysadmin'), IS_MEMBER('db_owner')";

/// What of these the account may do with the relation `@P1`.
pub(crate) const WRITES: &str = "SELECT HAS_PERMS_BY_NAME(@P1, 'OBJECT', 'INSERT'), \
    HAS_PERMS_BY_NAME(@P1, 'OBJECT', 'UPDATE'), HAS_PERMS_BY_NAME(@P1, 'OBJECT', 'DELETE'), \
    HAS_PERMS_BY_NAME(@P1, 'OBJECT', 'ALTER')";
