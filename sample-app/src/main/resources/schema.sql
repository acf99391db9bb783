create table if not exists event (
  id identity primary key,
  title varchar(200) not null,
  stock int not null
);

create table if not exists ticket_order (
  id identity primary key,
  event_id bigint not null references event,
  customer varchar(200) not null
);

create table if not exists ticket_hold (
  id identity primary key,
  event_id bigint not null references event,
  customer varchar(200) not null,
  ends_at bigint not null
);

create table if not exists event_view (
  event_id bigint not null references event,
  run varchar(36) not null,
  views bigint not null,
  primary key (event_id, run)
);
