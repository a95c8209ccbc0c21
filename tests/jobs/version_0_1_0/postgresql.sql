SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.api_key (
    id character varying(8) NOT NULL,
    owner character varying(200) NOT NULL,
    hash character varying(64) NOT NULL,
    scopes character varying(200) NOT NULL,
    created double precision NOT NULL,
    expires double precision,
    revoked double precision,
    last_used double precision,
    quota_rows bigint,
    quota_jobs integer,
    quota_bytes bigint
);
CREATE TABLE public.chunk (
    job character varying(40) NOT NULL,
    idx integer NOT NULL,
    state character varying(8) NOT NULL,
    start bigint NOT NULL,
    stop bigint NOT NULL,
    attempts integer NOT NULL,
    worker character varying(80),
    lease_until double precision,
    not_before double precision NOT NULL,
    rows integer,
    bad integer,
    sha256 character varying(64),
    errors_sha256 character varying(64),
    bytes bigint
);
CREATE TABLE public.job (
    id character varying(40) NOT NULL,
    owner character varying(8) NOT NULL,
    name character varying(200) NOT NULL,
    state character varying(12) NOT NULL,
    created double precision NOT NULL,
    started double precision,
    ended double precision,
    expires double precision,
    source text NOT NULL,
    options text NOT NULL,
    about text NOT NULL,
    folder text NOT NULL,
    rows_total bigint,
    rows_done bigint NOT NULL,
    rows_bad bigint NOT NULL,
    chunks_total integer,
    chunks_done integer NOT NULL,
    bytes bigint NOT NULL,
    problem text,
    worker character varying(80),
    lease_until double precision
);
CREATE TABLE public.spent (
    owner character varying(8) NOT NULL,
    rows bigint NOT NULL,
    created double precision NOT NULL
);
CREATE TABLE public.submission (
    owner character varying(8) NOT NULL,
    token character varying(200) NOT NULL,
    digest character varying(64) NOT NULL,
    job character varying(40) NOT NULL,
    created double precision NOT NULL
);
INSERT INTO public.alembic_version VALUES ('0002');
INSERT INTO public.api_key VALUES ('YgfRNPEY', 'lab A', '3e4faa0a5aa11b89c6f7a0e2562c8b43e72c7ed5cea8b0c469c4f48c3ea5654a', 'batch:read batch:write estimate', 1795996650.7923203, NULL, NULL, 1795910400, 500, 4, 1000000);
INSERT INTO public.api_key VALUES ('eYZkr7AH', 'lab B', '71980d27c5fdec1f5b6475338d4e3d74b6e4e6e69a30fa80d4e399f39b190af4', 'batch:read', 1795996650.7980704, 1795996650.7990704, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.api_key VALUES ('4ZiGbZMM', 'lab C', 'e71e8edaa6d12e015d4c7d6fd16d126ab72cfa5f000ea5e941f769d4f4597661', 'admin cds', 1795996650.8022802, NULL, 1795996650.8041668, NULL, NULL, NULL, NULL);
INSERT INTO public.chunk VALUES ('job_BFv5KqykWegi6BhUFSjH7g', 0, 'done', 0, 2, 1, 'vm:837:78e037a2', NULL, 0, 2, 0, 'd8c5c1263317fd76cfe0c1996681e0239f210d2a2973f32fea90dbf0e53c4f55', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 6087);
INSERT INTO public.chunk VALUES ('job_BFv5KqykWegi6BhUFSjH7g', 1, 'done', 2, 4, 1, 'vm:837:78e037a2', NULL, 0, 2, 0, 'aeaf3765ca2291167c794d81d1c61fc06be561033c966ddb6fc72b82573bd95a', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 6087);
INSERT INTO public.chunk VALUES ('job_BFv5KqykWegi6BhUFSjH7g', 2, 'done', 4, 6, 1, 'vm:837:78e037a2', NULL, 0, 2, 0, '1f4b987da088eb473354a56f831ce6abe10db531a6718122696ed7e0f2c1651b', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 6087);
INSERT INTO public.chunk VALUES ('job_BFv5KqykWegi6BhUFSjH7g', 3, 'done', 6, 8, 1, 'vm:837:78e037a2', NULL, 0, 2, 0, 'fd84f6cbc014fc8ae604bef9664cea93a9890f905a7ab6e4b5d8824b9b52c51d', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 6087);
INSERT INTO public.chunk VALUES ('job_XpSFIC9RIkVqn6bXtishqg', 0, 'done', 0, 2, 1, 'vm:837:78e037a2', NULL, 0, 1, 1, 'd972e06b63466d6df7ab67673ce35a10c4cc85cf3c91b719de1683026f59f04c', '022f7bbbafb85da2edbc40165d889948b10bc10c1462c6791de6c412519848e5', 5202);
INSERT INTO public.chunk VALUES ('job_XpSFIC9RIkVqn6bXtishqg', 1, 'done', 2, 3, 1, 'vm:837:78e037a2', NULL, 0, 1, 0, '09dcc9daba4359f32db4a9ed356002bb893a476ac6e75c6692ebffe350a045f4', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 5051);
INSERT INTO public.chunk VALUES ('job_hBPThm09d8KrrM_ADYfQrA', 0, 'done', 0, 2, 1, 'vm:837:78e037a2', NULL, 0, 1, 1, 'd972e06b63466d6df7ab67673ce35a10c4cc85cf3c91b719de1683026f59f04c', '022f7bbbafb85da2edbc40165d889948b10bc10c1462c6791de6c412519848e5', 5202);
INSERT INTO public.chunk VALUES ('job_-IPOEsKrYxqfylTb6k72Ow', 0, 'done', 0, 2, 1, 'vm:837:78e037a2', NULL, 0, 2, 0, 'c41499349b04ddd4d4913de73d45b09ce7e79a769d14c7d04d8108ea12f0c85d', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 5056);
INSERT INTO public.chunk VALUES ('job_-IPOEsKrYxqfylTb6k72Ow', 1, 'done', 2, 4, 1, 'vm:837:78e037a2', NULL, 0, 2, 0, '9814e7b781cf3ca7dc7090db9a9afecdb6498ee90bce71d407073451c400daed', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 5056);
INSERT INTO public.chunk VALUES ('job_-IPOEsKrYxqfylTb6k72Ow', 2, 'queued', 4, 6, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.chunk VALUES ('job_-IPOEsKrYxqfylTb6k72Ow', 3, 'queued', 6, 8, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.job VALUES ('job_BFv5KqykWegi6BhUFSjH7g', 'YgfRNPEY', 'a grid', 'succeeded', 1795996650.8259559, 1795996650.89601, 1795996651.8015783, 33331996651.80158, '{"grid": {"substance": ["ketamine"], "route": ["intravenous"], "duration_min": [40], "amount_mg": [35, 100], "urine_ph": [5.5, 7.5], "analyte": ["norketamine"], "cutoff_ng_ml": [10, 50]}}', '{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "skip", "echo": ["urine_ph", "cutoff_ng_ml"], "chunk_rows": 2}', '{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "b1464467e7afe93e0c7e80ca703fe9fc68fd2d42ec6d1da5a44dcc82e6c15d1e", "request_sha256": "599ce72423db97014538495578ac63b11d8a36463c7e19e96b16328fe41055c3", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch grid.json -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72 --echo urine_ph,cutoff_ng_ml", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}', '/srv/jobs/job_BFv5KqykWegi6BhUFSjH7g', 8, 8, 0, 4, 4, 24348, NULL, 'vm:837:78e037a2', NULL);
INSERT INTO public.job VALUES ('job_XpSFIC9RIkVqn6bXtishqg', 'YgfRNPEY', 'a table', 'partial', 1795996650.8505387, 1795996651.5600734, 1795996651.728533, 33331996651.728535, '{"file": "/srv/jobs/job_XpSFIC9RIkVqn6bXtishqg/source.csv", "format": "csv"}', '{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "skip", "echo": [], "chunk_rows": 2}', '{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "c14eb4df3166d8a7c4410c1e0d4d4d642ab8f429325ae72acc22deb3c75a9506", "request_sha256": "b8c73407075e951174a461343dee2f6db51ea523bb30461d9acdedcb3e27210a", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch scenarios.csv -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}', '/srv/jobs/job_XpSFIC9RIkVqn6bXtishqg', 3, 3, 1, 2, 2, 10817, NULL, 'vm:837:78e037a2', NULL);
INSERT INTO public.job VALUES ('job_hBPThm09d8KrrM_ADYfQrA', 'YgfRNPEY', '', 'failed', 1795996650.8626711, 1795996651.619953, 1795996651.6513867, 33331996651.651386, '{"file": "/srv/jobs/job_hBPThm09d8KrrM_ADYfQrA/source.csv", "format": "csv"}', '{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "fail", "echo": [], "chunk_rows": 2}', '{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "5ce4fbf43a8a2aaf09cf8ff89ffeef735085ce1144272962772cc9b5b92538b8", "request_sha256": "4bd00f23e827804df63872afb6af4616997e0495170def7e1074cbd6aa76dd88", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch scenarios.csv -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72 --on-error fail", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}', '/srv/jobs/job_hBPThm09d8KrrM_ADYfQrA', 2, 2, 1, 1, 1, 5595, '{"code": "bad-rows", "detail": "Some rows cannot be answered, and on_error is fail."}', 'vm:837:78e037a2', NULL);
INSERT INTO public.job VALUES ('job_BJ3D_LLkSta3g1WUvmrj0A', 'YgfRNPEY', '', 'cancelled', 1795996652.0129652, NULL, 1795996652.024896, 33331996652.024895, '{"file": "/srv/jobs/job_BJ3D_LLkSta3g1WUvmrj0A/source.csv", "format": "csv"}', '{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "skip", "echo": [], "chunk_rows": 2}', '{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "d60215a8bfaa5c6cf310eefaae4501fbe579e4d66691f871fa5e5a3ab412ac91", "request_sha256": "d1f01e2216a99544a747d69a7b12bbf68977bebd6a3719d576481e99e373a5e0", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch scenarios.csv -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}', '/srv/jobs/job_BJ3D_LLkSta3g1WUvmrj0A', NULL, 0, 0, NULL, 0, 84, NULL, NULL, NULL);
INSERT INTO public.job VALUES ('job_-IPOEsKrYxqfylTb6k72Ow', 'YgfRNPEY', '', 'running', 1795996652.0328112, 1795996652.0839798, NULL, NULL, '{"file": "/srv/jobs/job_-IPOEsKrYxqfylTb6k72Ow/source.csv", "format": "csv"}', '{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "skip", "echo": [], "chunk_rows": 2}', '{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "3f354cf285b4f4a59134d5feb7913ac82a65ff660749f43ddc9d1de85a8bf923", "request_sha256": "e2187435a0ad5a93b2d4ad2cc915d7d0d4be0ed3bf130d7448c3b0e1b92fcca3", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch scenarios.csv -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}', '/srv/jobs/job_-IPOEsKrYxqfylTb6k72Ow', 8, 4, 0, 4, 2, 11534, NULL, 'vm:837:78e037a2', 1795996712.0405896);
INSERT INTO public.job VALUES ('job_qxsjFrLyDB51pRjfV3XjNQ', 'YgfRNPEY', '', 'accepted', 1795996652.1501365, NULL, NULL, NULL, '{"grid": {"substance": ["ketamine"], "route": ["intravenous"], "duration_min": [40], "amount_mg": [35, 100], "urine_ph": [5.5, 7.5], "analyte": ["norketamine"], "cutoff_ng_ml": [10, 50]}}', '{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "skip", "echo": ["amount_mg", "urine_ph", "cutoff_ng_ml"], "chunk_rows": 2}', '{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "b1464467e7afe93e0c7e80ca703fe9fc68fd2d42ec6d1da5a44dcc82e6c15d1e", "request_sha256": "dcb98db35783cd5e9cba6ffd949e6e7fba70d135e4b8a79d7d7af5bcdfda1f98", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch grid.json -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72 --echo amount_mg,urine_ph,cutoff_ng_ml", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}', '/srv/jobs/job_qxsjFrLyDB51pRjfV3XjNQ', 8, 0, 0, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.spent VALUES ('YgfRNPEY', 8, 1795996651.8092816);
INSERT INTO public.submission VALUES ('YgfRNPEY', 'token of the grid', '622f60a27f204cc1bbd7af14066c11c2f0050ded8e3f2469c933b83c3c289376', 'job_BFv5KqykWegi6BhUFSjH7g', 1795996650.8259559);
INSERT INTO public.submission VALUES ('YgfRNPEY', 'token of the table', 'ac6c58250565d2c992a88c0e3f34dfc7693c7f117c69e9d243befad7efae7a6c', 'job_XpSFIC9RIkVqn6bXtishqg', 1795996650.8505387);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.chunk
    ADD CONSTRAINT chunk_pkey PRIMARY KEY (job, idx);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_once UNIQUE (owner, token);
CREATE INDEX chunk_by_state ON public.chunk USING btree (state, idx);
CREATE INDEX job_by_owner ON public.job USING btree (owner, created);
CREATE INDEX job_by_state ON public.job USING btree (state);
CREATE INDEX spent_by_owner ON public.spent USING btree (owner, created);
ALTER TABLE ONLY public.chunk
    ADD CONSTRAINT chunk_job_fkey FOREIGN KEY (job) REFERENCES public.job(id) ON DELETE CASCADE;
