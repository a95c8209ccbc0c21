BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE api_key (
	id VARCHAR(8) NOT NULL, 
	owner VARCHAR(200) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	scopes VARCHAR(200) NOT NULL, 
	created FLOAT NOT NULL, 
	expires FLOAT, 
	revoked FLOAT, 
	last_used FLOAT, 
	quota_rows BIGINT, 
	quota_jobs INTEGER, 
	quota_bytes BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO "api_key" VALUES('YgfRNPEY','lab A','3e4faa0a5aa11b89c6f7a0e2562c8b43e72c7ed5cea8b0c469c4f48c3ea5654a','batch:read batch:write estimate',1.79599665079232025145e+09,NULL,NULL,1795910400.0,500,4,1000000);
INSERT INTO "api_key" VALUES('eYZkr7AH','lab B','71980d27c5fdec1f5b6475338d4e3d74b6e4e6e69a30fa80d4e399f39b190af4','batch:read',1.79599665079807043074e+09,1.79599665079907035831e+09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "api_key" VALUES('4ZiGbZMM','lab C','e71e8edaa6d12e015d4c7d6fd16d126ab72cfa5f000ea5e941f769d4f4597661','admin cds',1.79599665080228018763e+09,NULL,1.79599665080416679386e+09,NULL,NULL,NULL,NULL);
CREATE TABLE chunk (
	job VARCHAR(40) NOT NULL, 
	idx INTEGER NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	start BIGINT NOT NULL, 
	stop BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	worker VARCHAR(80), 
	lease_until FLOAT, 
	not_before FLOAT NOT NULL, 
	rows INTEGER, 
	bad INTEGER, 
	sha256 VARCHAR(64), 
	errors_sha256 VARCHAR(64), 
	bytes BIGINT, 
	PRIMARY KEY (job, idx), 
	FOREIGN KEY(job) REFERENCES job (id) ON DELETE CASCADE
);
INSERT INTO "chunk" VALUES('job_BFv5KqykWegi6BhUFSjH7g',0,'done',0,2,1,'vm:837:78e037a2',NULL,0.0,2,0,'d8c5c1263317fd76cfe0c1996681e0239f210d2a2973f32fea90dbf0e53c4f55','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',6087);
INSERT INTO "chunk" VALUES('job_BFv5KqykWegi6BhUFSjH7g',1,'done',2,4,1,'vm:837:78e037a2',NULL,0.0,2,0,'aeaf3765ca2291167c794d81d1c61fc06be561033c966ddb6fc72b82573bd95a','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',6087);
INSERT INTO "chunk" VALUES('job_BFv5KqykWegi6BhUFSjH7g',2,'done',4,6,1,'vm:837:78e037a2',NULL,0.0,2,0,'1f4b987da088eb473354a56f831ce6abe10db531a6718122696ed7e0f2c1651b','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',6087);
INSERT INTO "chunk" VALUES('job_BFv5KqykWegi6BhUFSjH7g',3,'done',6,8,1,'vm:837:78e037a2',NULL,0.0,2,0,'fd84f6cbc014fc8ae604bef9664cea93a9890f905a7ab6e4b5d8824b9b52c51d','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',6087);
INSERT INTO "chunk" VALUES('job_XpSFIC9RIkVqn6bXtishqg',0,'done',0,2,1,'vm:837:78e037a2',NULL,0.0,1,1,'d972e06b63466d6df7ab67673ce35a10c4cc85cf3c91b719de1683026f59f04c','022f7bbbafb85da2edbc40165d889948b10bc10c1462c6791de6c412519848e5',5202);
INSERT INTO "chunk" VALUES('job_XpSFIC9RIkVqn6bXtishqg',1,'done',2,3,1,'vm:837:78e037a2',NULL,0.0,1,0,'09dcc9daba4359f32db4a9ed356002bb893a476ac6e75c6692ebffe350a045f4','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',5051);
INSERT INTO "chunk" VALUES('job_hBPThm09d8KrrM_ADYfQrA',0,'done',0,2,1,'vm:837:78e037a2',NULL,0.0,1,1,'d972e06b63466d6df7ab67673ce35a10c4cc85cf3c91b719de1683026f59f04c','022f7bbbafb85da2edbc40165d889948b10bc10c1462c6791de6c412519848e5',5202);
INSERT INTO "chunk" VALUES('job_-IPOEsKrYxqfylTb6k72Ow',0,'done',0,2,1,'vm:837:78e037a2',NULL,0.0,2,0,'c41499349b04ddd4d4913de73d45b09ce7e79a769d14c7d04d8108ea12f0c85d','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',5056);
INSERT INTO "chunk" VALUES('job_-IPOEsKrYxqfylTb6k72Ow',1,'done',2,4,1,'vm:837:78e037a2',NULL,0.0,2,0,'9814e7b781cf3ca7dc7090db9a9afecdb6498ee90bce71d407073451c400daed','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',5056);
INSERT INTO "chunk" VALUES('job_-IPOEsKrYxqfylTb6k72Ow',2,'queued',4,6,0,NULL,NULL,0.0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "chunk" VALUES('job_-IPOEsKrYxqfylTb6k72Ow',3,'queued',6,8,0,NULL,NULL,0.0,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE job (
	id VARCHAR(40) NOT NULL, 
	owner VARCHAR(8) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	created FLOAT NOT NULL, 
	started FLOAT, 
	ended FLOAT, 
	expires FLOAT, 
	source TEXT NOT NULL, 
	options TEXT NOT NULL, 
	about TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	rows_total BIGINT, 
	rows_done BIGINT NOT NULL, 
	rows_bad BIGINT NOT NULL, 
	chunks_total INTEGER, 
	chunks_done INTEGER NOT NULL, 
	bytes BIGINT NOT NULL, 
	problem TEXT, 
	worker VARCHAR(80), 
	lease_until FLOAT, 
	PRIMARY KEY (id)
);
INSERT INTO "job" VALUES('job_BFv5KqykWegi6BhUFSjH7g','YgfRNPEY','a grid','succeeded',1.79599665082595586775e+09,1795996650.89601,1.79599665180157828329e+09,3.33319966518015785208e+10,'{"grid": {"substance": ["ketamine"], "route": ["intravenous"], "duration_min": [40], "amount_mg": [35, 100], "urine_ph": [5.5, 7.5], "analyte": ["norketamine"], "cutoff_ng_ml": [10, 50]}}','{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "skip", "echo": ["urine_ph", "cutoff_ng_ml"], "chunk_rows": 2}','{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "b1464467e7afe93e0c7e80ca703fe9fc68fd2d42ec6d1da5a44dcc82e6c15d1e", "request_sha256": "599ce72423db97014538495578ac63b11d8a36463c7e19e96b16328fe41055c3", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch grid.json -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72 --echo urine_ph,cutoff_ng_ml", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}','/srv/jobs/job_BFv5KqykWegi6BhUFSjH7g',8,8,0,4,4,24348,NULL,'vm:837:78e037a2',NULL);
INSERT INTO "job" VALUES('job_XpSFIC9RIkVqn6bXtishqg','YgfRNPEY','a table','partial',1.79599665085053873062e+09,1.79599665156007337572e+09,1.7959966517285330295e+09,3.33319966517285346994e+10,'{"file": "/srv/jobs/job_XpSFIC9RIkVqn6bXtishqg/source.csv", "format": "csv"}','{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "skip", "echo": [], "chunk_rows": 2}','{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "c14eb4df3166d8a7c4410c1e0d4d4d642ab8f429325ae72acc22deb3c75a9506", "request_sha256": "b8c73407075e951174a461343dee2f6db51ea523bb30461d9acdedcb3e27210a", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch scenarios.csv -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}','/srv/jobs/job_XpSFIC9RIkVqn6bXtishqg',3,3,1,2,2,10817,NULL,'vm:837:78e037a2',NULL);
INSERT INTO "job" VALUES('job_hBPThm09d8KrrM_ADYfQrA','YgfRNPEY','','failed',1.79599665086267113681e+09,1.79599665161995291707e+09,1.7959966516513867378e+09,3.3331996651651386262e+10,'{"file": "/srv/jobs/job_hBPThm09d8KrrM_ADYfQrA/source.csv", "format": "csv"}','{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "fail", "echo": [], "chunk_rows": 2}','{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "5ce4fbf43a8a2aaf09cf8ff89ffeef735085ce1144272962772cc9b5b92538b8", "request_sha256": "4bd00f23e827804df63872afb6af4616997e0495170def7e1074cbd6aa76dd88", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch scenarios.csv -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72 --on-error fail", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}','/srv/jobs/job_hBPThm09d8KrrM_ADYfQrA',2,2,1,1,1,5595,'{"code": "bad-rows", "detail": "Some rows cannot be answered, and on_error is fail."}','vm:837:78e037a2',NULL);
INSERT INTO "job" VALUES('job_BJ3D_LLkSta3g1WUvmrj0A','YgfRNPEY','','cancelled',1.79599665201296520232e+09,NULL,1.79599665202489590645e+09,3.33319966520248947149e+10,'{"file": "/srv/jobs/job_BJ3D_LLkSta3g1WUvmrj0A/source.csv", "format": "csv"}','{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "skip", "echo": [], "chunk_rows": 2}','{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "d60215a8bfaa5c6cf310eefaae4501fbe579e4d66691f871fa5e5a3ab412ac91", "request_sha256": "d1f01e2216a99544a747d69a7b12bbf68977bebd6a3719d576481e99e373a5e0", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch scenarios.csv -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}','/srv/jobs/job_BJ3D_LLkSta3g1WUvmrj0A',NULL,0,0,NULL,0,84,NULL,NULL,NULL);
INSERT INTO "job" VALUES('job_-IPOEsKrYxqfylTb6k72Ow','YgfRNPEY','','running',1.79599665203281116487e+09,1.79599665208397984506e+09,NULL,NULL,'{"file": "/srv/jobs/job_-IPOEsKrYxqfylTb6k72Ow/source.csv", "format": "csv"}','{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "skip", "echo": [], "chunk_rows": 2}','{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "3f354cf285b4f4a59134d5feb7913ac82a65ff660749f43ddc9d1de85a8bf923", "request_sha256": "e2187435a0ad5a93b2d4ad2cc915d7d0d4be0ed3bf130d7448c3b0e1b92fcca3", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch scenarios.csv -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}','/srv/jobs/job_-IPOEsKrYxqfylTb6k72Ow',8,4,0,4,2,11534,NULL,'vm:837:78e037a2',1.79599671204058957104e+09);
INSERT INTO "job" VALUES('job_qxsjFrLyDB51pRjfV3XjNQ','YgfRNPEY','','accepted',1.79599665215013647081e+09,NULL,NULL,NULL,'{"grid": {"substance": ["ketamine"], "route": ["intravenous"], "duration_min": [40], "amount_mg": [35, 100], "urine_ph": [5.5, 7.5], "analyte": ["norketamine"], "cutoff_ng_ml": [10, 50]}}','{"draws": 100, "seed": 7, "level": 0.9, "times_h": [24.0, 72.0], "sampling": "common", "on_error": "skip", "echo": ["amount_mg", "urine_ph", "cutoff_ng_ml"], "chunk_rows": 2}','{"version": "0.1.0", "model_sha256": "44f96f1fae56743253fc0b653e3ab9fe04be640297c92bae89c4a27a677b10cc", "seed": "7", "draws": "100", "level": "0.9", "sampling": "common", "content_sha256": "b1464467e7afe93e0c7e80ca703fe9fc68fd2d42ec6d1da5a44dcc82e6c15d1e", "request_sha256": "dcb98db35783cd5e9cba6ffd949e6e7fba70d135e4b8a79d7d7af5bcdfda1f98", "numpy": "2.4.6", "pyarrow": "26.0.1", "command": "detectapi batch grid.json -o results.parquet --seed 7 --draws 100 --level 0.9 --times 24,72 --echo amount_mg,urine_ph,cutoff_ng_ml", "limits": "Estimates for information. Not laboratory results, and not evidence of use or non-use."}','/srv/jobs/job_qxsjFrLyDB51pRjfV3XjNQ',8,0,0,NULL,0,0,NULL,NULL,NULL);
CREATE TABLE spent (
	owner VARCHAR(8) NOT NULL, 
	rows BIGINT NOT NULL, 
	created FLOAT NOT NULL
);
INSERT INTO "spent" VALUES('YgfRNPEY',8,1.79599665180928158765e+09);
CREATE TABLE submission (
	owner VARCHAR(8) NOT NULL, 
	token VARCHAR(200) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	job VARCHAR(40) NOT NULL, 
	created FLOAT NOT NULL, 
	CONSTRAINT submission_once UNIQUE (owner, token)
);
INSERT INTO "submission" VALUES('YgfRNPEY','token of the grid','622f60a27f204cc1bbd7af14066c11c2f0050ded8e3f2469c933b83c3c289376','job_BFv5KqykWegi6BhUFSjH7g',1.79599665082595586775e+09);
INSERT INTO "submission" VALUES('YgfRNPEY','token of the table','ac6c58250565d2c992a88c0e3f34dfc7693c7f117c69e9d243befad7efae7a6c','job_XpSFIC9RIkVqn6bXtishqg',1.79599665085053873062e+09);
CREATE INDEX job_by_owner ON job (owner, created);
CREATE INDEX job_by_state ON job (state);
CREATE INDEX chunk_by_state ON chunk (state, idx);
CREATE INDEX spent_by_owner ON spent (owner, created);
COMMIT;
