-- name: poster_of_concert
-- The columns of Poster.
select p.digest, p.width, p.height, p.small, p.large
from concerts as c
join posters as p on p.digest = c.poster
where c.id = %(id)s
